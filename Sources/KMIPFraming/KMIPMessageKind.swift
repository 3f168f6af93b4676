/// Which of the two messages a side receives: its item is the first on the wire (KMIP 1.4, 7.1 and 7.2).
package enum KMIPMessageKind: Sendable {
    case request
    case response

    /// The tag's three bytes and the type Structure (KMIP 1.4, 9.1.1.1, 9.1.1.2 and 9.1.3.1).
    var leadingBytes: [UInt8] {
        switch self {
        case .request: [0x42, 0x00, 0x78, 0x01]
        case .response: [0x42, 0x00, 0x7B, 0x01]
        }
    }
}
