import KeyModel
import KeyStorage
import KeyStorageSQLite
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

private struct Undone: Error {}

/// SQLite, whose next commit fails in a way that leaves open whether it was made: the disk failed in the middle of it.
private final class FailingDisk: StoreEngine {
    enum Failure {
        case beforeTheWrite
        case afterTheWrite
    }

    private let engine: SQLiteEngine
    var failure: Failure?

    init(_ engine: SQLiteEngine) {
        self.engine = engine
    }

    func read<R>(_ body: (any EngineTransaction) throws -> R) throws -> R { try engine.read(body) }

    func write<R>(_ body: (any EngineTransaction) throws -> R) throws -> R {
        guard let failure else { return try engine.write(body) }
        self.failure = nil
        if failure == .afterTheWrite {
            _ = try engine.write(body)
        } else {
            // Everything up to the commit works.
            do {
                try engine.write { transaction in
                    _ = try body(transaction)
                    throw Undone()
                }
            } catch is Undone {}
        }
        throw StoreError(.outcomeUnknown)
    }
}

/// A commit of which it is not known whether it was made.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct UnknownCommitIntegrationTests {
    private func worker(_ site: TestSite) throws -> (TestWorker, FailingDisk) {
        let disk = FailingDisk(try SQLiteEngine(path: site.databasePath))
        let worker = try TestWorker(
            store: try KeyStore(engine: disk, recordKey: try RecordKey(site.recordKey)),
            hsm: site.hsm,
            credential: site.services.credential(.worker),
            operatorsTrust: try OperatorsTrust([site.services.authorityCertificate]),
            clock: site.clock,
            log: site.log
        )
        return (worker, disk)
    }

    @Test(arguments: [true, false])
    func aCreateIsAnsweredByWhatTheStoreSaysLater(wasCommitted: Bool) async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let (worker, disk) = try worker(site)
            let create = try site.seal([.makeCreate()])
            disk.failure = wasCommitted ? .afterTheWrite : .beforeTheWrite
            // Neither "done" nor "failed" would be known to be true: the job goes back to the queue.
            #expect(try worker.deliver(create) == nil)
            #expect(try site.count("managed_objects") == (wasCommitted ? 1 : 0))
            let reply = try worker.deliver(create, isRedelivered: true)
            guard case .kmip(let outcomes)? = reply, case .created(_, let key) = try outcomes[0].get() else {
                Issue.record("\(String(describing: reply))")
                return
            }
            #expect(try site.count("managed_objects") == 1)
            #expect(try site.get(key).count == 32)
            #expect(
                try site.worker.processor.store.read {
                    try $0.objects([ObjectKey(instance: site.one.instance, identifier: key)])
                }.count == 1
            )
        }
    }

    @Test(arguments: [true, false])
    func aNewVersionStaysInTheToken(wasCommitted: Bool) async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let (worker, disk) = try worker(site)
            let rotate = try site.sealOperators(.rootKey(.rotate("test")), by: site.keyOwner)
            disk.failure = wasCommitted ? .afterTheWrite : .beforeTheWrite
            #expect(try worker.deliver(rotate) == nil)
            #expect(site.log.lines(containing: "it is not known whether a root key version is on record").count == 1)
            let reply = try worker.deliver(rotate, isRedelivered: true)
            #expect(reply != nil && reply?.failureCode == nil)
            let versions = try site.openStore().read { try $0.authority() }.rootKeyVersions
            #expect(versions.map(\.version).sorted() == [1, 2])
            // The current version is there: keys are made under it and read.
            let another = try site.anotherWorker()
            let created = try another.deliver(try site.seal([.makeCreate(), .makeGet()]))
            guard case .kmip(let outcomes)? = created else {
                Issue.record("\(String(describing: created))")
                return
            }
            #expect(outcomes.allSatisfy { $0.failureCode == nil })
        }
    }
}
