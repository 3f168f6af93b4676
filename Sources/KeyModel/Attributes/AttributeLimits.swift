/// Bounds on what one object may carry, so that no client fills the store through attributes.
package enum AttributeLimits {
    /// Instances of all attributes on one object.
    package static let count = 256
    /// UTF-8 bytes of a name.
    package static let nameByteCount = 256
    /// Bytes of one value, with everything in it.
    package static let valueByteCount = 8_192

    static func check(_ attribute: Attribute) throws(OperationFailure) {
        guard attribute.index >= 0, (1...nameByteCount).contains(attribute.name.text.utf8.count),
            attribute.value.byteCount <= valueByteCount
        else { throw OperationFailure(.invalidField, attribute: attribute.name) }
    }
}

extension Attribute {
    /// An estimate of its size with its name, in bytes.
    package var byteCount: Int { 16 + name.text.utf8.count + value.byteCount }
}

extension AttributeValue {
    /// An estimate of the value's size in bytes.
    var byteCount: Int {
        switch self {
        case .integer, .longInteger, .enumeration, .boolean, .dateTime, .interval: 8
        case .bigInteger(let bytes), .bytes(let bytes): bytes.count
        case .text(let text): text.utf8.count
        case .structure(let fields): fields.reduce(8) { $0 + 8 + $1.name.utf8.count + $1.value.byteCount }
        }
    }
}
