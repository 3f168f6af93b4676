internal import Foundation
internal import GRDB
internal import Glibc
package import KeyStorage

/// The key store's engine on SQLite: one connection to one file, which several processes of one machine may share.
///
/// WAL mode, `synchronous` FULL: a commit has reached the disk when `write` returns. A write transaction takes its lock
/// when it begins (BEGIN IMMEDIATE), so that it never fails half-way because of another process; it waits for the lock
/// for the busy timeout. What is deleted is overwritten in the file (`secure_delete`).
package final class SQLiteEngine: StoreEngine {
    package struct Options: Sendable {
        package var busyTimeoutSeconds: Double = 5
        /// The largest size of the database, in pages of 4 KiB; nil for what the disk holds.
        package var maximumPageCount: Int?

        package init() {}
    }

    private let queue: DatabaseQueue

    /// Opens the file, or makes it, readable and writable by this user only.
    package init(path: String, options: Options = Options()) throws(StoreError) {
        Self.createFile(path)
        // SQLite does not always wait for the busy timeout where several processes make a new file WAL at once.
        let pause = 0.02
        var attemptsLeft = Int(options.busyTimeoutSeconds / pause)
        while true {
            do {
                queue = try Self.open(path, options)
                return
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && attemptsLeft > 0 {
                attemptsLeft -= 1
                Thread.sleep(forTimeInterval: pause)
            } catch {
                throw StoreError(any: error)
            }
        }
    }

    private static func open(_ path: String, _ options: Options) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(options.busyTimeoutSeconds)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { try prepare($0, options) }
        return queue
    }

    package func read<R>(_ body: (any EngineTransaction) throws -> R) throws -> R {
        try transaction(.deferred, body)
    }

    package func write<R>(_ body: (any EngineTransaction) throws -> R) throws -> R {
        try transaction(.immediate, body)
    }

    /// Moves what was committed from the write-ahead log into the database file and empties the log, so that deleted
    /// content is in neither. SQLite does the first by itself from time to time.
    package func checkpoint() throws(StoreError) {
        try mappingErrors { () throws in
            try queue.inDatabase { database in
                try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
        }
    }

    /// Outside any transaction.
    func inDatabase<R>(_ body: (Database) throws -> R) throws -> R {
        try queue.inDatabase(body)
    }

    private func transaction<R>(
        _ kind: Database.TransactionKind,
        _ body: (any EngineTransaction) throws -> R
    ) throws -> R {
        try mappingAnyErrors {
            try queue.inDatabase { database in
                var result: R?
                do {
                    try database.inTransaction(kind) {
                        result = try body(SQLiteTransaction(database: database))
                        return .commit
                    }
                } catch let error as DatabaseError where result != nil && error.resultCode == .SQLITE_IOERR {
                    // Frames that were written and not synchronized are found by a later recovery, or are not.
                    throw StoreError(.outcomeUnknown, cause: "SQLite \(error.extendedResultCode.rawValue)")
                }
                guard let result else { throw StoreError(.engineFailed, cause: "transaction without result") }
                return result
            }
        }
    }

    /// Runs once, on the only connection there is.
    private static func prepare(_ database: Database, _ options: Options) throws {
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try database.execute(sql: "PRAGMA secure_delete = ON")
        if let limit = options.maximumPageCount {
            _ = try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(limit)")
        }
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        guard mode == "wal", synchronous == 2 else {
            throw StoreError(.unavailable, cause: "no write-ahead log on this file system")
        }
    }

    /// SQLite gives a new file the rights that the umask leaves. Nothing is opened that exists: closing any descriptor
    /// of a database file would drop this process's locks on it (SQLite, "How To Corrupt An SQLite Database File").
    private static func createFile(_ path: String) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }
}
