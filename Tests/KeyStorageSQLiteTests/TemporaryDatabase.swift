import Foundation
import KeyStorage
import KeyStorageContract
import KeyStorageSQLite

/// A database file in a folder of its own, which goes with it.
final class TemporaryDatabase: ContractDatabase {
    let folder: URL
    var path: String { folder.appendingPathComponent("store.sqlite").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("keyferry-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    func openEngine() throws -> any StoreEngine {
        try SQLiteEngine(path: path)
    }

    /// Everything in the files of the database.
    func contents() throws -> Data {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .reduce(into: Data()) { $0 += try Data(contentsOf: $1) }
    }
}
