/// One item as a value of its own: for what is carried without being understood (vendor extensions), and for attribute
/// values. Nothing secret is ever read into one.
package struct Item: Hashable, Sendable {
    package var tag: Tag
    package var value: ItemValue

    package init(_ tag: Tag, _ value: ItemValue) {
        self.tag = tag
        self.value = value
    }
}

/// A value of any of TTLV's ten types (KMIP 1.4, section 9.1.1.4).
package enum ItemValue: Hashable, Sendable {
    case structure([Item])
    case integer(Int32)
    case longInteger(Int64)
    /// Two's complement, most significant byte first; a multiple of eight bytes.
    case bigInteger([UInt8])
    case enumeration(UInt32)
    case boolean(Bool)
    case text(String)
    case bytes([UInt8])
    /// Seconds since 1970 (UTC, without leap seconds).
    case dateTime(Int64)
    /// Seconds.
    case interval(UInt32)

    package var type: ItemType {
        switch self {
        case .structure: .structure
        case .integer: .integer
        case .longInteger: .longInteger
        case .bigInteger: .bigInteger
        case .enumeration: .enumeration
        case .boolean: .boolean
        case .text: .textString
        case .bytes: .byteString
        case .dateTime: .dateTime
        case .interval: .interval
        }
    }
}
