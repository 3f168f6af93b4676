import JobSealing
import KeyModel
import KeyStorage
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// No client takes a worker's time, memory or answers from the others.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct WorkLimitIntegrationTests {
    /// One turn.
    private func process(_ jobs: [SealedJobInFlight], _ site: TestSite) throws -> [JobReply?] {
        let batch = jobs.map { ReceivedJob(body: $0.bytes, isRedelivered: false) }
        return try zip(jobs, site.worker.processor.process(batch)).map { job, disposition in
            guard case .reply(let bytes)? = disposition else { return nil }
            return try job.openReply(bytes)
        }
    }

    private func outcomes(_ reply: JobReply?) throws -> [OperationOutcome] {
        guard case .kmip(let outcomes)? = reply else { throw FixtureError("\(String(describing: reply))") }
        return outcomes
    }

    @Test func aTurnEndsAfterItsTime() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            site.worker.processor.limits.turn = .zero
            var jobs = try (0..<5).map { _ in try site.seal([.makeCreate()]) }
            for left in (0..<5).reversed() {
                let replies = try process(jobs, site)
                #expect(replies.map { $0 != nil } == [true] + Array(repeating: false, count: left))
                #expect(try outcomes(replies[0]).allSatisfy { $0.failureCode == nil })
                jobs.removeFirst()
            }
            #expect(try site.count("managed_objects") == 5)
            // Once more, those that must run alone: delivered twice in one batch, and operators'.
            let create = try site.seal([.makeCreate()])
            let list = try site.sealOperators(.instance(.list))
            #expect(try process([list, create, create], site).map { $0 != nil } == [false, true, false])
            #expect(try process([list, create], site).map { $0 != nil } == [false, true])
            #expect(try process([list], site).map { $0 != nil } == [true])
            #expect(try site.count("managed_objects") == 6)
        }
    }

    @Test func aTurnTakesSoManyOperations() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            site.worker.processor.limits.operations = 3
            let jobs = try (0..<3).map { _ in try site.seal([.makeCreate(), .makeCreate()]) }
            #expect(try process(jobs, site).map { $0 != nil } == [true, true, false])
            #expect(try process(Array(jobs[2...]), site).map { $0 != nil } == [true])
            #expect(try site.count("managed_objects") == 6)
        }
    }

    @Test func aJobThatTakesTooLongEndsInTheMiddle() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            site.worker.processor.limits.job = .zero
            let job = try site.seal([.makeCreate(), .makeCreate(), .makeActivate()], continues: true)
            let answered = try outcomes(try process([job], site)[0])
            #expect(answered.map(\.failureCode) == [nil, .tooMuchWork, .tooMuchWork])
            #expect(try site.count("managed_objects") == 1)
            let stopped = try outcomes(
                try process([try site.seal([.makeCreate(), .makeCreate(), .makeGet()])], site)[0]
            )
            #expect(stopped.map(\.failureCode) == [nil, .tooMuchWork, .notAttempted])
            let events = try site.worker.auditEvents().filter { $0.failure == .tooMuchWork }
            #expect(events.map(\.action) == [.keyCreate, .keyActivate, .keyCreate])
        }
    }

    @Test func anAnswerThatNoMessageHoldsIsNotMade() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let text = String(repeating: "x", count: 8_000)
            let key = try site.create((0..<20).map { .custom("x-\($0)", text) })
            let read = KeyModel.Operation.getAttributes(GetAttributesOperation(identifier: key, names: []))
            // Eleven times 160 KB do not fit, and what is smaller still does.
            let operations = [.makeCreate()] + Array(repeating: read, count: 11) + [.makeActivate(), .makeGet(key)]
            let replies = try process([try site.seal(operations, continues: true)], site)
            let codes = try outcomes(replies[0]).map(\.failureCode)
            #expect(codes.prefix(10).allSatisfy { $0 == nil } && codes[10...11] == [.replyTooLarge, .replyTooLarge])
            // The last that succeeded before is what the placeholder names.
            #expect(codes[12] == nil && codes[13] == nil)
            let refused = try site.worker.auditEvents().filter { $0.failure == .replyTooLarge }
            #expect(refused.map(\.object) == [key, key] && Set(refused.map(\.action)) == [.attributesRetrieve])
        }
    }

    @Test func aLocateOfManyAttributesFailsAlone() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let kind = Attribute(name: .objectType, value: .enumeration(2))
            let most = Array(repeating: kind, count: ObjectFilter.mostAttributes)
            let jobs = [
                try site.seal([.makeCreate()]), try site.seal([.makeLocate(most + [kind])]),
                try site.seal([.makeLocate(Array(repeating: kind, count: 1_100))]), try site.seal([.makeLocate(most)]),
            ]
            let codes = try process(jobs, site).map { try outcomes($0)[0].failureCode }
            #expect(codes == [nil, .invalidField, .invalidField, nil])
        }
    }

    @Test func aSearchThatCantLookAtAllSaysSo() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            var keys: [UniqueIdentifier] = []
            for _ in 0..<5 {
                keys.append(try site.create())
                site.clock.advance(byMilliseconds: 1_000)
            }
            site.worker.processor.limits.searchedRecords = 3
            // No name is asked for that only an older one could have.
            let wide = try site.outcome(.makeLocate([]))
            #expect(wide.failureCode == .searchTooWide)
            let newest = try site.outcome(.makeLocate([], maximum: 2)).get()
            #expect(newest == .located([keys[4], keys[3]], total: nil))
            // Destroyed ones take no place.
            for key in keys[3...] { _ = try site.outcome(.makeDestroy(key)).get() }
            #expect(try site.outcome(.makeLocate([])).get() == .located([keys[2], keys[1], keys[0]], total: 3))
            let state = Attribute(name: .state, value: .enumeration(ObjectState.destroyed.rawValue))
            #expect(try site.outcome(.makeLocate([state])).get() == .located([keys[4], keys[3]], total: 2))
        }
    }

    @Test func aURIAndATextOfTheSameCharactersAreOneName() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let uri = Attribute(
                name: .name,
                value: .structure([
                    AttributeValue.Field(name: "Name Value", value: .text("x")),
                    AttributeValue.Field(name: "Name Type", value: .enumeration(2)),
                ])
            )
            _ = try site.create([.name("x")])
            #expect(try site.outcome(.makeCreate([uri])).failureCode == .nameNotUnique)
            #expect(site.log.lines(containing: "conflict").isEmpty)
        }
    }
}
