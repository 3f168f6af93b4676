import AuthorityKeeping
import Cryptography
import HSM
import JobSealing
import KeyModel
import KeyStorage
import PipelineFixtures
import Testing

@testable import Worker

/// A batch processor without its queue.
final class TestWorker {
    let processor: BatchProcessor

    init(
        store: KeyStore,
        hsm: HSMSession,
        credential: ServiceCredential,
        operatorsTrust: OperatorsTrust,
        clock: TestClock,
        log: LogText
    ) throws {
        let keeper = try AuthorityKeeper(store: store, hsm: hsm, logger: log.logger)
        processor = BatchProcessor(
            parts: WorkerParts(hsm: hsm, store: store, keeper: keeper, logger: log.logger),
            credential: credential,
            operatorsTrust: operatorsTrust,
            bootID: try RandomBytes.generate(count: 16),
            clock: { clock.read() }
        )
    }

    /// What the sender of one job makes of the answer; nil where the job is given back or dropped.
    func deliver(_ job: SealedJobInFlight, isRedelivered: Bool = false) throws -> JobReply? {
        let disposition = processor.process([ReceivedJob(body: job.bytes, isRedelivered: isRedelivered)])[0]
        guard case .reply(let bytes)? = disposition else { return nil }
        return try job.openReply(bytes)
    }

    /// The audit trail of this worker, verified.
    func auditEvents() throws -> [AuditEvent] {
        let start = AuditChain(startingAs: processor.auditChain.identifier)
        return try processor.store.read { try $0.auditRecords(behind: start, limit: 10_000) }.records.map(\.event)
    }
}

extension TestSite {
    /// Sends operations of `one`'s client as one job.
    func reply(
        _ operations: [KeyModel.Operation],
        of client: TestClient? = nil,
        continues: Bool = false,
        _ change: (inout TestFront.Envelope) -> Void = { _ in }
    ) throws -> JobReply? {
        try worker.deliver(try seal(operations, of: client, continues: continues, change))
    }

    func seal(
        _ operations: [KeyModel.Operation],
        of client: TestClient? = nil,
        continues: Bool = false,
        _ change: (inout TestFront.Envelope) -> Void = { _ in }
    ) throws -> SealedJobInFlight {
        let job = KMIPJob(
            client: (client ?? one).fingerprint,
            continuesAfterFailure: continues,
            operations: operations
        )
        var envelope = try TestFront.Envelope(now: clock.now)
        change(&envelope)
        return try gateway.seal(.kmip(job), envelope)
    }

    func outcomes(
        _ operations: [KeyModel.Operation],
        of client: TestClient? = nil,
        continues: Bool = false
    ) throws -> [OperationOutcome] {
        let reply = try reply(operations, of: client, continues: continues)
        guard case .kmip(let outcomes)? = reply else {
            throw FixtureError("no outcomes but \(reply.map { "\($0)" } ?? "nothing")")
        }
        return outcomes
    }

    func outcome(_ operation: KeyModel.Operation, of client: TestClient? = nil) throws -> OperationOutcome {
        try outcomes([operation], of: client)[0]
    }

    func create(_ attributes: [Attribute] = [], of client: TestClient? = nil) throws -> UniqueIdentifier {
        guard case .created(_, let identifier) = try outcome(.makeCreate(attributes), of: client).get() else {
            throw FixtureError("Create was answered with something else")
        }
        return identifier
    }

    func register(
        _ material: [UInt8],
        _ attributes: [Attribute] = [],
        of client: TestClient? = nil
    ) throws -> UniqueIdentifier {
        let operation = KeyModel.Operation.makeRegister(try gateway.wrap(material), of: material, attributes)
        guard case .registered(let identifier) = try outcome(operation, of: client).get() else {
            throw FixtureError("Register was answered with something else")
        }
        return identifier
    }

    func get(_ identifier: UniqueIdentifier, of client: TestClient? = nil) throws -> [UInt8] {
        guard case .got(let key) = try outcome(.makeGet(identifier), of: client).get() else {
            throw FixtureError("Get was answered with something else")
        }
        return try gateway.unwrap(key)
    }

    func attribute(_ name: AttributeName, of identifier: UniqueIdentifier) throws -> [AttributeValue] {
        let request = GetAttributesOperation(identifier: identifier, names: [name])
        guard case .attributes(_, let attributes) = try outcome(.getAttributes(request)).get() else {
            throw FixtureError("Get Attributes was answered with something else")
        }
        return attributes.map(\.value)
    }

    func locate(_ attributes: [Attribute], of client: TestClient? = nil) throws -> [UniqueIdentifier] {
        guard case .located(let found, _) = try outcome(.makeLocate(attributes), of: client).get() else {
            throw FixtureError("Locate was answered with something else")
        }
        return found
    }

    func sendOperators(
        _ request: OperatorJob.Request,
        by requester: CertificateFingerprint? = nil,
        expecting tag: RecordTag? = nil,
        _ change: (inout TestFront.Envelope) -> Void = { _ in }
    ) throws -> JobReply? {
        try worker.deliver(try sealOperators(request, by: requester, expecting: tag, change))
    }

    func sealOperators(
        _ request: OperatorJob.Request,
        by requester: CertificateFingerprint? = nil,
        expecting tag: RecordTag? = nil,
        through front: TestFront? = nil,
        _ change: (inout TestFront.Envelope) -> Void = { _ in }
    ) throws -> SealedJobInFlight {
        var envelope = try TestFront.Envelope(now: clock.now)
        envelope.jobClass = .operator
        change(&envelope)
        let job = OperatorJob(requester: requester ?? manager, request: request, expectedTag: tag)
        return try (front ?? admin).seal(.operator(job), envelope)
    }
}
