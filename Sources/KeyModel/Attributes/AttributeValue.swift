/// The typed value of an attribute: one case for each KMIP data type (KMIP 1.4, 9.1.1.4).
package indirect enum AttributeValue: Hashable, Sendable {
    case integer(Int32)
    case longInteger(Int64)
    /// Two's complement, big-endian, as it came.
    case bigInteger([UInt8])
    case enumeration(UInt32)
    case boolean(Bool)
    case text(String)
    case bytes([UInt8])
    case dateTime(Timestamp)
    /// Seconds.
    case interval(UInt32)
    case structure([Field])

    /// A field of a structure, named as the standard names it ("Name Value"), or by the hexadecimal digits of its tag
    /// where the standard does not know it.
    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: AttributeValue

        package init(name: String, value: AttributeValue) {
            self.name = name
            self.value = value
        }
    }

    /// The first field of that name; nil where there is none, or where this is no structure.
    package func field(_ name: String) -> AttributeValue? {
        guard case .structure(let fields) = self else { return nil }
        return fields.first { $0.name == name }?.value
    }
}
