/// Why the bytes of a connection are no KMIP message. Nothing after them can be made sense of.
package enum KMIPFrameError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes do not begin with the tag and type of the message that is expected, or give a length that no structure
    /// has.
    case notAMessage
    /// The header announces a message of more bytes than the limit.
    case tooLarge(limit: Int)
    /// There is no secure memory for a message of the announced size.
    case secureMemoryExhausted

    package var description: String {
        switch self {
        case .notAMessage: "not a KMIP message"
        case .tooLarge(let limit): "a message of more than \(limit) bytes is announced"
        case .secureMemoryExhausted: "no secure memory left for a message"
        }
    }
}
