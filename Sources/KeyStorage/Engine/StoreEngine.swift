/// What executes SQL: one connection to one database. KeyStorage builds every statement; engines know none.
///
/// An engine belongs to one thread at a time. Its errors are `StoreError`s.
package protocol StoreEngine: AnyObject {
    /// Runs `body` in a transaction that sees one state of the database and changes nothing.
    func read<R>(_ body: (any EngineTransaction) throws -> R) throws -> R

    /// Runs `body` in a transaction that commits when it returns and rolls back when it throws. When this returns, the
    /// changes survive a loss of power. Writers of several processes take turns, or the loser gets `conflict`.
    func write<R>(_ body: (any EngineTransaction) throws -> R) throws -> R
}

/// A running transaction. It must not be used after the closure that received it has returned.
package protocol EngineTransaction {
    /// Runs a query and returns all its rows, each with the columns in the order of the query.
    ///
    /// - Parameter parameters: the values of the `?` in the statement, in order. No statement has a `?` elsewhere.
    func rows(_ statement: String, _ parameters: [StoreValue]) throws -> [[StoreValue]]

    /// As `rows`, for a query whose text is made for this one time: it is not kept prepared.
    func rowsOnce(_ statement: String, _ parameters: [StoreValue]) throws -> [[StoreValue]]

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    func execute(_ statement: String, _ parameters: [StoreValue]) throws -> Int

    /// Runs several statements without parameters: a migration.
    func executeScript(_ script: String) throws
}

extension EngineTransaction {
    /// Runs `body` such that, when it throws, what it changed is undone and the transaction goes on.
    func atomically<R>(_ body: () throws -> R) throws -> R {
        try execute("SAVEPOINT keyferry", [])
        let result: R
        do {
            result = try body()
        } catch {
            // Where the engine has already rolled the whole transaction back, these fail, and so does its commit.
            _ = try? execute("ROLLBACK TO SAVEPOINT keyferry", [])
            _ = try? execute("RELEASE SAVEPOINT keyferry", [])
            throw error
        }
        try execute("RELEASE SAVEPOINT keyferry", [])
        return result
    }
}
