internal import Cryptography

/// Makes and checks the MACs of rows.
///
/// The MAC of a row is one byte of format version and HMAC-SHA-256, under the record key, over: the format version, the
/// table's name, the number of values, and every value with type and length, the row's key first. A row that was
/// altered, moved to another key or copied into another table fails. A row that is replaced by its own earlier self
/// does not: for the tables that confer authority the set digest catches that (`AuthorityState`).
struct RecordAuthenticator {
    /// The order and meaning of the values. A migration that adds a column to a table makes another version.
    static let formatVersion: UInt8 = 1

    let key: RecordKey

    func mac(_ table: StoreTable, _ values: [StoreValue]) throws(StoreError) -> [UInt8] {
        do {
            let code = try HMACSHA256.authenticationCode(for: Self.message(table, values), key: key.box.bytes)
            return [Self.formatVersion] + code
        } catch {
            throw StoreError(.cryptographyFailed, table: table, cause: error.operation)
        }
    }

    func verifies(_ mac: [UInt8], _ table: StoreTable, _ values: [StoreValue]) throws(StoreError) -> Bool {
        guard mac.first == Self.formatVersion else { return false }
        do {
            let message = Self.message(table, values)
            return try HMACSHA256.verify(Array(mac.dropFirst()), for: message, key: key.box.bytes)
        } catch {
            throw StoreError(.cryptographyFailed, table: table, cause: error.operation)
        }
    }

    /// The bytes that a row's MAC is over.
    static func message(_ table: StoreTable, _ values: [StoreValue]) -> [UInt8] {
        var encoder = RecordEncoder()
        encoder.append(byte: formatVersion)
        encoder.append(prefixed: table.rawValue.utf8)
        encoder.append(UInt64(values.count))
        for value in values {
            encoder.append(value)
        }
        return encoder.bytes
    }
}
