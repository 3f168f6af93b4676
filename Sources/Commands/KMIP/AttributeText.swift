internal import FoundationEssentials
internal import KMIP
internal import TTLV

/// An attribute as the commands print it.
struct AttributeText: Encodable, Hashable {
    let name: String
    let index: Int32
    let value: String

    init(_ attribute: Attribute) {
        name = attribute.name.rawValue
        index = attribute.index ?? 0
        value = Self.known(attribute.name, attribute.value) ?? Self.any(attribute.value)
    }

    /// The standard's own words for attributes that have some.
    private static func known(_ name: AttributeName, _ value: ItemValue) -> String? {
        switch (name, value) {
        case (.name, _): ObjectName(value)?.value
        case (.digest, _): Digest(value).map { "\($0.algorithm) \(HexadecimalText.encode($0.value))" }
        case (.objectType, .enumeration(let number)): ObjectType(rawValue: number).description
        case (.state, .enumeration(let number)): ObjectState(rawValue: number).description
        case (.cryptographicAlgorithm, .enumeration(let number)):
            CryptographicAlgorithm(rawValue: number).description
        case (.cryptographicUsageMask, .integer(let bits)):
            CryptographicUsageMask(rawValue: bits).names.joined(separator: ", ")
        case (.revocationReason, .structure(let items)):
            items.map { item in
                if case .enumeration(let code) = item.value {
                    RevocationReasonCode(rawValue: code).description
                } else {
                    any(item.value)
                }
            }.joined(separator: ": ")
        default: nil
        }
    }

    private static func any(_ value: ItemValue) -> String {
        switch value {
        case .structure(let items): "{" + items.map { any($0.value) }.joined(separator: ", ") + "}"
        case .integer(let number): "\(number)"
        case .longInteger(let number): "\(number)"
        case .bigInteger(let bytes): "0x" + HexadecimalText.encode(bytes)
        case .enumeration(let number): "0x" + String(number, radix: 16, uppercase: true)
        case .boolean(let truth): "\(truth)"
        case .text(let text): text
        case .bytes(let bytes): "0x" + HexadecimalText.encode(bytes)
        case .dateTime(let seconds): date(seconds)
        case .interval(let seconds): "\(seconds) s"
        }
    }

    private static func date(_ seconds: Int64) -> String {
        // What RFC 3339 can write: years 0000 to 9999.
        guard (-62_167_219_200...253_402_300_799).contains(seconds) else { return "\(seconds) s since 1970" }
        return Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}
