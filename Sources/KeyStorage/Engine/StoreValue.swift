internal import KeyModel

/// A value on its way to or from a column, of the types that the engines have in common.
package enum StoreValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

extension StoreValue {
    static func time(_ time: Timestamp) -> StoreValue {
        .integer(time.secondsSince1970)
    }

    static func time(_ time: Timestamp?) -> StoreValue {
        time.map { .integer($0.secondsSince1970) } ?? .null
    }

    static func integer(_ number: Int) -> StoreValue {
        .integer(Int64(number))
    }

    static func integer(_ number: UInt32) -> StoreValue {
        .integer(Int64(number))
    }

    static func optional(_ text: String?) -> StoreValue {
        text.map { .text($0) } ?? .null
    }

    static func optional(_ bytes: [UInt8]?) -> StoreValue {
        bytes.map { .blob($0) } ?? .null
    }

    /// For the key in an error's description: identifiers as they are, bytes in hexadecimal, nothing long.
    var keyText: String {
        switch self {
        case .null: "null"
        case .integer(let number): String(number)
        case .text(let text): String(text.prefix(64))
        case .blob(let bytes): Hexadecimal.encode(bytes.prefix(32))
        }
    }
}
