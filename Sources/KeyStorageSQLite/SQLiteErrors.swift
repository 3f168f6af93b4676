internal import GRDB
internal import KeyStorage

/// Runs `body` and turns SQLite's errors into the key store's. Others pass.
func mappingAnyErrors<R>(_ body: () throws -> R) throws -> R {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw StoreError(error)
    }
}

/// The same where only SQLite's errors and the key store's can occur.
func mappingErrors<R>(_ body: () throws -> R) throws(StoreError) -> R {
    do {
        return try body()
    } catch {
        throw StoreError(any: error)
    }
}

extension StoreError {
    /// Takes the result code only: SQLite's messages quote SQL and names.
    init(_ error: DatabaseError) {
        let code: Code =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY,
                .SQLITE_PERM, .SQLITE_NOMEM, .SQLITE_PROTOCOL, .SQLITE_ABORT, .SQLITE_INTERRUPT:
                .unavailable
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .databaseDamaged
            default: .engineFailed
            }
        self.init(code, cause: "SQLite \(error.extendedResultCode.rawValue)")
    }

    /// For where only SQLite's errors and the key store's own can occur.
    init(any error: any Error) {
        switch error {
        case let error as DatabaseError: self.init(error)
        case let error as StoreError: self = error
        default: self.init(.engineFailed, cause: String(describing: type(of: error)))
        }
    }
}
