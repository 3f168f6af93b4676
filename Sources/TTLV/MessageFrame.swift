/// Finds the end of a message in a stream, before the message is there.
package enum MessageFrame {
    /// The bytes that ``messageSize(header:tag:maximum:)`` wants to see.
    package static let headerSize = 8

    /// How long, header included, a message is that begins with these bytes.
    ///
    /// - Parameters:
    ///   - header: the first eight bytes; what follows is not looked at.
    ///   - tag: Request Message or Response Message.
    ///   - maximum: the longest message to accept, header included.
    package static func messageSize(header: RawSpan, tag: Tag, maximum: Int) throws(TTLVError) -> Int {
        guard header.byteCount >= headerSize else { throw TTLVError(.truncated) }
        guard header.tag(at: 0) == tag, header.byte(at: 3) == ItemType.structure.rawValue else {
            throw TTLVError(.notAMessage)
        }
        let length = Int(header.bigEndian32(at: 4))
        guard ItemType.structure.allows(length: length) else { throw TTLVError(.invalidLength, tag) }
        guard length <= maximum - headerSize else { throw TTLVError(.tooLong, tag) }
        return headerSize + length
    }
}
