internal import TTLV

/// Which of the two messages a side receives: its item is the first on the wire (KMIP 1.4, 7.1 and 7.2).
package enum KMIPMessageKind: Sendable {
    case request
    case response

    var tag: Tag {
        switch self {
        case .request: Tag(0x42_0078)
        case .response: Tag(0x42_007B)
        }
    }

    /// The tag's three bytes and the type Structure (KMIP 1.4, 9.1.1.1 and 9.1.1.2).
    var leadingBytes: [UInt8] {
        [0x42, 0x00, UInt8(truncatingIfNeeded: tag.rawValue), ItemType.structure.rawValue]
    }
}
