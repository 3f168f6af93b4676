/// Why the bytes of a connection are no KMIP message. Nothing after them can be made sense of.
package enum KMIPFrameError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes do not begin with the tag and type of the message that is expected, or have a length that no structure
    /// has.
    case notAMessage
    /// The header announces more bytes than the limit.
    case tooLarge(announcedByteCount: Int)
    /// There is no secure memory for a message of the announced size.
    case secureMemoryExhausted

    package var description: String {
        switch self {
        case .notAMessage: "not a KMIP message"
        case .tooLarge(let count): "a message of \(count) bytes is announced, more than the limit"
        case .secureMemoryExhausted: "no secure memory left for a message"
        }
    }
}
