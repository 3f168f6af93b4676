import JobMessages
import KeyModel
import KeyStorage
import Testing

@testable import Worker

struct OutcomeDecisionTests {
    private static let request = [UInt8](repeating: 1, count: 32)
    private static let identifier = UniqueIdentifier("u")

    private func decide(_ outcome: [UInt8]?, requestHash: [UInt8] = request) -> OutcomeDecision {
        let stored = StoredOutcome(
            requestHash: requestHash,
            attempts: 1,
            outcome: outcome,
            expiry: Timestamp(secondsSince1970: 0)
        )
        return OutcomeDecision(.success(stored), requestHash: Self.request)
    }

    @Test func whatIsNotKnownIsDone() {
        #expect(OutcomeDecision(nil, requestHash: Self.request) == .execute)
    }

    @Test func whatWasBegunAndNotEndedIsDone() {
        #expect(decide(nil) == .execute)
    }

    @Test func whatWasDoneIsAnsweredAsBefore() {
        let replies: [JobReply] = [
            .kmip([.success(.created(.symmetricKey, Self.identifier)), .failure(OperationFailure(.notAttempted))]),
            .failure(OperationFailure(.attemptsExhausted)), .kmip([]),
        ]
        for reply in replies { #expect(decide(reply.serialized()) == .repeatAnswer(reply)) }
    }

    @Test func anotherRequestIsRefusedWhetherTheFirstWasDoneOrNot() {
        let other = [UInt8](repeating: 2, count: 32)
        let reply = JobReply.kmip([]).serialized()
        #expect(decide(nil, requestHash: other) == .refuse(.messageReused))
        #expect(decide(reply, requestHash: other) == .refuse(.messageReused))
        #expect(decide(reply, requestHash: []) == .refuse(.messageReused))
    }

    @Test func whatCanNotBeBelievedIsRefused() {
        let corrupted = OutcomeDecision(.failure(StoreError(.recordCorrupted)), requestHash: Self.request)
        #expect(corrupted == .refuse(.recordCorrupted))
        #expect(decide([0xFF]) == .refuse(.recordCorrupted))
        #expect(decide([]) == .refuse(.recordCorrupted))
    }

    @Test func anOutcomeIsKeptWithoutKeyMaterial() {
        let blob = [UInt8](repeating: 0x5A, count: 40)
        let key = RetrievedKey(
            identifier: Self.identifier,
            objectType: .symmetricKey,
            algorithm: .aes,
            length: 256,
            material: TransportedKeyMaterial(blob: blob, trueLength: 32),
            digest: [UInt8](repeating: 3, count: 32)
        )
        let activated = OperationOutcome.success(.activated(Self.identifier))
        guard case .kmip(let kept) = JobReply.kmip([.success(.got(key)), activated]).withoutKeyMaterial,
            case .success(.got(let without)) = kept[0]
        else {
            Issue.record("the outcomes are gone")
            return
        }
        #expect(without.material == TransportedKeyMaterial(blob: [], trueLength: 0))
        #expect(without.identifier == key.identifier && without.digest == key.digest && kept[1] == activated)
        let failure = JobReply.failure(OperationFailure(.itemNotFound))
        #expect(failure.withoutKeyMaterial == failure)
    }

    @Test func jobsThatChangeNothingHaveNoOutcome() throws {
        let client = try #require(CertificateFingerprint([UInt8](repeating: 1, count: 32)))
        func changes(_ content: Job.Content) -> Bool {
            Job(requestID: "", clientAddress: "", content: content).changesStore
        }
        func kmip(_ operations: [KeyModel.Operation]) -> Bool {
            changes(.kmip(KMIPJob(client: client, continuesAfterFailure: false, operations: operations)))
        }
        let get = KeyModel.Operation.get(GetOperation(identifier: nil))
        #expect(!kmip([]) && !kmip([get]) && kmip([get, .activate(ActivateOperation(identifier: nil))]))
        #expect(!changes(.identifyClient(client)))
        let signed = SignedStatement(statement: [], signature: "", certificate: [])
        let requests: [(OperatorJob.Request, Bool)] = [
            (.instance(.list), false), (.certificate(.list(instance: "i")), false), (.partition(.describe), false),
            (.certificate(.add(instance: "i", name: "c", der: [])), true),
            (.certificate(.remove(instance: "i", name: "c")), true),
            (.rootKey(.list), false), (.rootKey(.show("r")), false), (.operation(.list), false),
            (.rootKey(.create(name: "r")), true), (.rootKey(.rotate("r")), true), (.rootKey(.suspend("r")), true),
            (.rootKey(.resume("r")), true), (.rootKey(.importToken), false),
            (.rootKey(.importKey(name: "r", wrapped: [1], signed: signed)), true),
            (.rootKey(.importVersion("r", wrapped: [1], signed: signed)), true),
        ]
        for (request, expected) in requests {
            #expect(changes(.operator(OperatorJob(requester: client, request: request))) == expected)
        }
    }
}
