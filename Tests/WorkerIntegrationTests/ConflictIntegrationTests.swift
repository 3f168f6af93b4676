import AuthorityKeeping
import Cryptography
import JobSealing
import KeyModel
import TestServices
import Testing

@testable import Worker

/// Two workers on one store. One gets ahead of the other after that one has read and before it writes.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct ConflictIntegrationTests {
    /// The worker reads the clock when it admits a job, before it reads the objects, and when it has read them.
    private static let afterReadingObjects = 3

    /// Lets `first` be done by another worker in the middle of `second`.
    private func interleave(
        _ site: TestSite,
        _ first: [KeyModel.Operation],
        _ second: [KeyModel.Operation]
    ) throws -> (first: JobReply?, second: JobReply?) {
        let other = try site.anotherWorker()
        let ahead = try site.seal(first)
        let behind = try site.seal(second)
        nonisolated(unsafe) var reply: JobReply?
        nonisolated(unsafe) let faster = other
        site.clock.atReading(Self.afterReadingObjects) { reply = try? faster.deliver(ahead) }
        let late = try site.worker.deliver(behind)
        return (reply, late)
    }

    @Test func theLaterOfTwoActivationsIsToldSo() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            let replies = try interleave(site, [.makeActivate(key)], [.makeActivate(key)])
            #expect(replies.first == .kmip([.success(.activated(key))]))
            #expect(replies.second == .kmip([.failure(OperationFailure(.wrongLifecycleState))]))
        }
    }

    @Test func twoAttributesAddedAtOnceAreBothThere() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            func add(_ text: String) -> KeyModel.Operation {
                .addAttribute(AddAttributeOperation(identifier: key, attribute: .custom("x-a", text)))
            }
            let replies = try interleave(site, [add("one")], [add("two")])
            let name = AttributeName("x-a")
            #expect(
                replies.second
                    == .kmip([.success(.attributeAdded(key, Attribute(name: name, index: 1, value: .text("two"))))])
            )
            #expect(try site.attribute(name, of: key) == [.text("one"), .text("two")])
        }
    }

    @Test func ofTwoCreatesOfOneNameOneIsRefused() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let replies = try interleave(site, [.makeCreate([.name("vm")])], [.makeCreate([.name("vm")])])
            guard case .kmip(let first)? = replies.first, case .kmip(let second)? = replies.second else {
                Issue.record("\(replies)")
                return
            }
            #expect(first[0].failureCode == nil && second[0].failureCode == .nameNotUnique)
            #expect(try site.count("managed_objects") == 1)
        }
    }

    @Test func aMessageThatTwoWorkersHaveIsDoneOnce() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let other = try site.anotherWorker()
            let job = try site.seal([.makeCreate([.custom("x-a", "b")])])
            nonisolated(unsafe) var first: JobReply?
            nonisolated(unsafe) let faster = other
            site.clock.atReading(Self.afterReadingObjects) { first = try? faster.deliver(job, isRedelivered: true) }
            let second = try site.worker.deliver(job)
            #expect(first != nil && first == second)
            #expect(try site.count("managed_objects") == 1)
        }
    }

    /// A job of the same batch that has seen what is not written in the end must not tell of it.
    @Test func whatIsUndoneIsNotToldByOthersOfTheBatch() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let other = try site.anotherWorker()
            let create = try site.seal([.makeCreate([.custom("x-a", "b")])])
            let locate = try site.seal([.makeLocate([.custom("x-a", "b")]), .makeGet()])
            nonisolated(unsafe) var first: JobReply?
            nonisolated(unsafe) let faster = other
            // Two jobs are admitted, then the objects are read, then the first is carried out.
            site.clock.atReading(4) { first = try? faster.deliver(create, isRedelivered: true) }
            let batch = [create, locate].map { ReceivedJob(body: $0.bytes, isRedelivered: false) }
            let replies = try zip([create, locate], site.worker.processor.process(batch)).map { job, disposition in
                guard case .reply(let bytes) = disposition else { return JobReply?.none }
                return try job.openReply(bytes)
            }
            #expect(first != nil && first == replies[0])
            guard case .kmip(let made)? = first, case .created(_, let identifier) = try made[0].get(),
                case .kmip(let found)? = replies[1]
            else {
                Issue.record("\(replies)")
                return
            }
            #expect(try found[0].get() == .located([identifier], total: 1))
            #expect(try site.count("managed_objects") == 1)
        }
    }

    @Test func twoChangesOfAuthorityAtOnceAreBothMade() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let other = try site.anotherWorker()
            func add(_ name: String) throws -> OperatorJob.Request {
                let client = try TestClient("one", services: site.services)
                return .certificate(.add(instance: "kmip-one", name: name, der: client.certificate.der))
            }
            let ahead = try site.sealOperators(try add("esx-1"))
            nonisolated(unsafe) var first: JobReply?
            nonisolated(unsafe) let faster = other
            // Once to admit the job, once before it is decided.
            site.clock.atReading(2) { first = try? faster.deliver(ahead) }
            let second = try site.sendOperators(try add("esx-2"))
            #expect(first != nil && first?.failureCode == nil && second != nil && second?.failureCode == nil)
            let names = site.worker.processor.keeper.authority.certificates.map(\.name)
            #expect(Set(names) == ["vcenter-one", "vcenter-other", "esx-1", "esx-2"])
            #expect(site.worker.processor.keeper.authority.generation == 3)
        }
    }
}
