internal import Cryptography
internal import KeyModel

/// A row of `object_attributes`: one attribute of an object, as bytes.
struct AttributeRow: Hashable {
    /// UTF-8.
    let name: [UInt8]
    let index: Int64
    let value: [UInt8]

    init(name: [UInt8], index: Int64, value: [UInt8]) {
        self.name = name
        self.index = index
        self.value = value
    }

    init(_ attribute: Attribute) {
        self.init(
            name: Array(attribute.name.text.utf8),
            index: Int64(attribute.index),
            value: AttributeValueCoding.encode(attribute.value)
        )
    }

    /// Nil where the bytes are none that `init(_:)` makes.
    var attribute: Attribute? {
        guard let name = String(validating: name, as: UTF8.self), let index = Int(exactly: index),
            let value = AttributeValueCoding.decode(value)
        else { return nil }
        return Attribute(name: AttributeName(name), index: index, value: value)
    }

    /// What Locate searches by: half a SHA-256 over name and value. Values that compare equal as Swift strings but
    /// differ in their bytes (Unicode normalization) are not found by each other.
    var matchDigest: [UInt8] {
        var encoder = RecordEncoder(reserving: 128)
        encoder.append(prefixed: name)
        encoder.append(prefixed: value)
        return Array(SHA256.hash(encoder.bytes).prefix(16))
    }

    /// In the order in which the MAC of the object takes them.
    static func isInOrder(_ left: AttributeRow, _ right: AttributeRow) -> Bool {
        left.name == right.name ? left.index < right.index : left.name.lexicographicallyPrecedes(right.name)
    }
}
