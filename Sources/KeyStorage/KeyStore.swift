package import KeyModel

/// The key store: what the workers know, in one database that all of them share.
///
/// It builds SQL, keeps the MACs of rows, and blocks. It belongs to one thread at a time.
package final class KeyStore {
    private let engine: any StoreEngine
    private let authenticator: RecordAuthenticator
    private let metrics = StoreMetrics()

    /// Time spent in transactions since the store was opened.
    package var busy: Duration { metrics.busy }

    /// Opens the store on an engine, and brings its schema up to date.
    ///
    /// - Throws: `schemaTooNew` for a database of a newer version of this software.
    package init(engine: any StoreEngine, recordKey: RecordKey) throws {
        self.engine = engine
        self.authenticator = RecordAuthenticator(key: recordKey)
        try SchemaMigration.migrate(engine)
    }

    /// Runs `body` on one state of the store.
    package func read<R>(_ body: (ReadTransaction) throws -> R) throws -> R {
        try metrics.measuringRead {
            try engine.read { transaction in
                try body(ReadTransaction(engine: transaction, authenticator: authenticator))
            }
        }
    }

    /// Runs `body` and commits what it changed, durably, or changes nothing where it throws.
    ///
    /// After a failure of the commit itself (`unavailable`) nothing is changed, as far as the engine can tell.
    @discardableResult
    package func write<R>(_ body: (WriteTransaction) throws -> R) throws -> R {
        try metrics.measuringWrite {
            try engine.write { transaction in
                try body(WriteTransaction(engine: transaction, authenticator: authenticator))
            }
        }
    }
}

/// What can be asked of one state of the store. It must not be used after the closure that received it has returned.
package class ReadTransaction {
    let engine: any EngineTransaction
    let authenticator: RecordAuthenticator

    init(engine: any EngineTransaction, authenticator: RecordAuthenticator) {
        self.engine = engine
        self.authenticator = authenticator
    }
}

/// A read transaction that can change the store too.
package final class WriteTransaction: ReadTransaction {
    /// Runs `body` such that, when it throws, what it changed is undone and this transaction goes on: the failure of
    /// one job of a batch does not touch the others.
    package func atomically<R>(_ body: () throws -> R) throws -> R {
        try engine.atomically(body)
    }

    /// Shows that the store can be written to: notes the time under the worker's name, and forgets workers that have
    /// been silent for a day.
    package func probe(worker: String, at now: Timestamp) throws {
        try engine.execute(
            """
            INSERT INTO store_probes (worker, probed) VALUES (?, ?) \
            ON CONFLICT (worker) DO UPDATE SET probed = excluded.probed
            """,
            [.text(worker), .time(now)]
        )
        try engine.execute("DELETE FROM store_probes WHERE probed < ?", [.time(now.advanced(bySeconds: -86_400))])
    }
}
