import TTLV

/// One of the standard's enumerations: values with names, open for those that vendors or later versions add.
///
/// An unknown value is kept as it came and written as it was.
package protocol OpenEnumeration: RawRepresentable, Hashable, Sendable, CustomStringConvertible
where RawValue == UInt32 {
    init(rawValue: UInt32)

    /// The values that KMIP 1.4 defines.
    static var standardValues: [EnumerationValue] { get }
}

/// A defined value of an enumeration.
package struct EnumerationValue: Sendable {
    package let rawValue: UInt32
    package let name: String
    package let since: ProtocolVersion

    init(_ rawValue: UInt32, _ name: String, since: ProtocolVersion = .v10) {
        self.rawValue = rawValue
        self.name = name
        self.since = since
    }
}

extension OpenEnumeration {
    /// The value with this name, as the standard writes it.
    package init?(name: String) {
        guard let value = Self.standardValues.first(where: { $0.name == name }) else { return nil }
        self.init(rawValue: value.rawValue)
    }

    private var standardValue: EnumerationValue? {
        Self.standardValues.first { $0.rawValue == rawValue }
    }

    /// The name as the standard writes it; nil for a value that it does not define.
    package var name: String? {
        standardValue?.name
    }

    /// Whether the standard defined the value by that version.
    package func isDefined(in version: ProtocolVersion) -> Bool {
        standardValue.map { $0.since <= version } ?? false
    }

    /// The name, or the number of a value without one: for command output and audit records.
    package var description: String {
        name ?? "0x" + String(rawValue, radix: 16, uppercase: true)
    }
}

extension ItemReader {
    mutating func enumeration<Value: OpenEnumeration>(_ tag: Tag, _: Value.Type) throws(TTLVError) -> Value {
        Value(rawValue: try enumeration(tag))
    }

    mutating func enumerationIfPresent<Value: OpenEnumeration>(
        _ tag: Tag,
        _: Value.Type
    ) throws(TTLVError) -> Value? {
        try enumerationIfPresent(tag).map(Value.init(rawValue:))
    }
}

extension ItemWriter {
    mutating func enumeration(_ tag: Tag, _ value: some OpenEnumeration) {
        enumeration(tag, value.rawValue)
    }
}
