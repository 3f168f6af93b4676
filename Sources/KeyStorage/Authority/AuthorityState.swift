internal import Cryptography
internal import KeyModel

/// The one row of `authority_state`: which generation the tables of authority are at, and what they must hold.
///
/// Every row of those tables has a MAC, so none can be altered or made up; the set digest, over the MACs of all rows,
/// shows that none is missing and that no earlier one was put back. The state itself, digest and generations under one
/// MAC, can still be replaced by an earlier state together with its rows: the token's anchor, which the worker
/// compares, shows that.
struct AuthorityState {
    let generation: UInt64
    let anchoredGeneration: UInt64
    let setDigest: [UInt8]

    static let columns = "id, generation, set_digest, anchored_generation, mac"

    var values: [StoreValue] {
        [
            .integer(1), .integer(Int64(bitPattern: generation)), .blob(setDigest),
            .integer(Int64(bitPattern: anchoredGeneration)),
        ]
    }

    init(_ authority: Authority, setDigest: [UInt8]) {
        self.generation = authority.generation
        self.anchoredGeneration = authority.anchoredGeneration
        self.setDigest = setDigest
    }

    init(_ row: [StoreValue], authenticator: RecordAuthenticator) throws(StoreError) {
        var reader = RowReader(.authorityState, row, keyColumnCount: 1)
        // A state that was written before schema version 8 has no anchored generation, and a MAC without one.
        let values = row.dropLast()
        let authenticated = values.last == .null ? values.dropLast() : values
        guard case .blob(let mac)? = row.last,
            try authenticator.verifies(mac, .authorityState, Array(authenticated)), try reader.integer() == 1
        else { throw reader.corrupted }
        self.generation = UInt64(bitPattern: try reader.integer())
        self.setDigest = try reader.blob()
        self.anchoredGeneration = try reader.optionalInteger().map { UInt64(bitPattern: $0) } ?? generation
    }

    /// SHA-256 over the number of rows in all tables and their MACs. A MAC tells its table, so the order is that of the
    /// MACs alone.
    static func setDigest(macs: [[UInt8]]) -> [UInt8] {
        var encoder = RecordEncoder(reserving: 16 + macs.count * 48)
        encoder.append(UInt64(macs.count))
        for mac in macs.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            encoder.append(prefixed: mac)
        }
        return SHA256.hash(encoder.bytes)
    }
}
