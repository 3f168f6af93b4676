import Foundation
import Glibc
import KeyModel
import KeyStorage
import KeyStorageSQLite

/// One state of the key store in a file of its own, beside the store and as private. It holds what the store holds: no key
/// material in clear.
struct StoreSnapshot {
    let file: String
    private let folder: String
    private let owner: StateOwner

    /// Takes over what a crash left. One at a time, by the caller's lock.
    init(of database: String, as owner: StateOwner) throws {
        let place = try owner.takePlace()
        defer { place.leave() }
        folder = URL(fileURLWithPath: database).deletingLastPathComponent().path + "/.snapshot"
        file = "\(folder)/keyferry.sqlite"
        self.owner = owner
        try? FileManager.default.removeItem(atPath: folder)
        guard mkdir(folder, 0o700) == 0 else {
            throw SetupError(.folderUnusable, "\(folder) cannot be made: \(String(cString: strerror(errno)))")
        }
        do {
            try SQLiteEngine(path: database).writeSnapshot(to: file)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    /// Opens it as a worker would, and closes it again, so that all of it is in its file.
    func authority(recordKey: RecordKey) throws -> Authority {
        let place = try owner.takePlace()
        defer { place.leave() }
        let engine = try SQLiteEngine(path: file)
        try engine.checkIntegrity()
        let authority = try KeyStore(engine: engine, recordKey: recordKey).read { try $0.authority() }
        try engine.checkpoint()
        return authority
    }

    func remove() {
        do {
            let place = try owner.takePlace()
            defer { place.leave() }
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            // The next backup removes it.
        }
    }
}
