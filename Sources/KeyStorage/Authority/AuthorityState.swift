internal import Cryptography
internal import KeyModel

/// The one row of `authority_state`: which generation the tables of authority are at, and what they must hold.
///
/// Every row of those tables has a MAC, so none can be altered or made up; the set digest, over the MACs of all rows,
/// shows that none is missing and that no earlier one was put back. The state itself, digest and generation under one
/// MAC, can still be replaced by an earlier state together with its rows: the token's anchor, which the worker
/// compares, shows that.
struct AuthorityState {
    let generation: UInt64
    let setDigest: [UInt8]

    static let columns = "id, generation, set_digest, mac"

    var values: [StoreValue] {
        [.integer(1), .integer(Int64(bitPattern: generation)), .blob(setDigest)]
    }

    init(generation: UInt64, setDigest: [UInt8]) {
        self.generation = generation
        self.setDigest = setDigest
    }

    init(_ row: [StoreValue], authenticator: RecordAuthenticator) throws(StoreError) {
        var reader = RowReader(.authorityState, row, keyColumnCount: 1)
        guard case .blob(let mac)? = row.last,
            try authenticator.verifies(mac, .authorityState, Array(row.dropLast())), try reader.integer() == 1
        else { throw reader.corrupted }
        self.generation = UInt64(bitPattern: try reader.integer())
        self.setDigest = try reader.blob()
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
