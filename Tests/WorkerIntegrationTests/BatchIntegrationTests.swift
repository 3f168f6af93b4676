import Cryptography
import HSM
import JobSealing
import KeyModel
import TestServices
import Testing

@testable import Worker

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct BatchIntegrationTests {
    @Test func thePlaceholderIsTheObjectThatWasMadeOrFound() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let made = try site.outcomes([.makeCreate([.name("vm-1")]), .makeActivate(), .makeGet()])
            guard case .created(_, let identifier) = try made[0].get(), case .got(let key) = try made[2].get() else {
                Issue.record("\(made)")
                return
            }
            #expect(try made[1].get() == .activated(identifier))
            #expect(key.identifier == identifier)
            #expect(try site.gateway.unwrap(key) == site.get(identifier))
            let found = try site.outcomes([.makeLocate([.name("vm-1")]), .makeGet()])
            guard case .got(let again) = try found[1].get() else {
                Issue.record("\(found)")
                return
            }
            #expect(again.identifier == identifier)
            _ = try site.create()
            let several = try site.outcomes([.makeLocate([]), .makeGet()])
            #expect(several[1].failureCode == .noIdentifier)
            #expect(try site.outcome(.makeGet()).failureCode == .noIdentifier)
        }
    }

    @Test func aBatchStopsOrContinuesAtAFailure() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            let operations: [KeyModel.Operation] = [
                .makeActivate(key), .makeActivate(key), .makeGet(key), .makeRevoke(key),
            ]
            let stopped = try site.outcomes(operations).map(\.failureCode)
            #expect(stopped == [nil, .wrongLifecycleState, .notAttempted, .notAttempted])
            // What was done before the failure stays done.
            #expect(try site.attribute(.state, of: key) == [.enumeration(2)])
            let continued = try site.outcomes(operations, continues: true).map(\.failureCode)
            #expect(continued == [.wrongLifecycleState, .wrongLifecycleState, nil, nil])
        }
    }

    @Test func jobsOfOneBatchSeeEachOther() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            let jobs = [
                try site.seal([.makeActivate(key)]), try site.seal([.makeActivate(key)]),
                try site.seal([.makeCreate([.name("vm-1")])]), try site.seal([.makeCreate([.name("vm-1")])]),
                try site.seal([.makeLocate([.name("vm-1")])]),
            ]
            let replies = try process(jobs, by: site.worker)
            let codes = replies.prefix(4).map { reply -> OperationFailure.Code? in
                if case .kmip(let outcomes)? = reply { outcomes[0].failureCode } else { .invalidField }
            }
            #expect(codes == [nil, .wrongLifecycleState, nil, .nameNotUnique])
            guard case .kmip(let outcomes)? = replies[4], case .located(let found, _) = try outcomes[0].get() else {
                Issue.record("\(String(describing: replies[4]))")
                return
            }
            #expect(found.count == 1)
        }
    }

    /// Everything at once, as a busy queue brings it; every job gets the answer that it would get alone.
    @Test func sixtyFourJobsOfAllKinds() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            var materials: [(UniqueIdentifier, [UInt8])] = []
            for _ in 0..<16 {
                let material = try RandomBytes.generate(count: 32)
                materials.append((try site.register(material), material))
            }
            var jobs: [SealedJobInFlight] = []
            var checks: [(JobReply?) throws -> Void] = []
            func add(_ job: SealedJobInFlight, _ check: @escaping (JobReply?) throws -> Void) {
                jobs.append(job)
                checks.append(check)
            }
            for (number, (identifier, material)) in materials.enumerated() {
                add(try site.seal([.makeGet(identifier)])) { reply in
                    guard case .kmip(let outcomes)? = reply, case .got(let key) = try outcomes[0].get() else {
                        Issue.record("\(String(describing: reply))")
                        return
                    }
                    #expect(try site.gateway.unwrap(key) == material)
                }
                add(try site.seal([.makeCreate([.name("vm-\(number)")]), .makeActivate()])) { reply in
                    guard case .kmip(let outcomes)? = reply else {
                        Issue.record("\(String(describing: reply))")
                        return
                    }
                    #expect(outcomes.allSatisfy { $0.failureCode == nil })
                }
                add(try site.seal([.makeGet(identifier)], of: site.other)) { reply in
                    guard case .kmip(let outcomes)? = reply else {
                        Issue.record("\(String(describing: reply))")
                        return
                    }
                    #expect(outcomes[0].failureCode == .itemNotFound)
                }
                let late = try site.seal([.makeDestroy(identifier)]) { $0.deadline = site.clock.now - 1 }
                add(late) { #expect($0?.failureCode == .deadlinePassed) }
            }
            #expect(jobs.count == 64)
            let replies = try process(jobs, by: site.worker)
            for (reply, check) in zip(replies, checks) {
                try check(reply)
            }
            #expect(try site.count("managed_objects") == 32)
            #expect(site.worker.processor.jobsDone >= 48)
        }
    }

    @Test func brokenJobsDoNotTouchTheOthers() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            let get = try site.seal([.makeGet(key)])
            let bodies: [[UInt8]] = [
                [], Array("no job".utf8), get.bytes, Array(get.bytes.dropLast()), get.bytes + [0],
                [UInt8](repeating: 0xFF, count: 70_000),
            ]
            let dispositions = site.worker.processor.process(
                bodies.enumerated().map { position, body in
                    ReceivedJob(
                        body: body,
                        isRedelivered: false,
                        messageID: [UInt8](repeating: UInt8(0xA0 + position), count: 16)
                    )
                }
            )
            #expect(dispositions.count == bodies.count)
            for (position, disposition) in dispositions.enumerated() {
                guard case .reply(let bytes) = disposition else {
                    Issue.record("\(position): \(disposition)")
                    continue
                }
                let reply = try? get.openReply(bytes)
                #expect((reply != nil) == (position == 2), "\(position)")
                guard position != 2 else { continue }
                // Its one line, under the name that the broker's message gave it.
                let name = String(repeating: String(UInt8(0xA0 + position), radix: 16), count: 16)
                #expect(site.log.lines(containing: name).count == 1, "\(position)")
            }
        }
    }

    @Test func theModuleIsRecycledInTheMiddleOfTheWork() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token) { $0.recycleAfterObjects = 7 }
            let material = try RandomBytes.generate(count: 32)
            let key = try site.register(material)
            for _ in 0..<40 {
                #expect(try site.get(key) == material)
                try site.worker.processor.maintainHSM()
            }
            let created = try site.create()
            try site.worker.processor.maintainHSM()
            #expect(try site.get(created) == site.get(created))
        }
    }

    private func process(_ jobs: [SealedJobInFlight], by worker: TestWorker) throws -> [JobReply?] {
        let batch = jobs.map { ReceivedJob(body: $0.bytes, isRedelivered: false) }
        return try zip(jobs, worker.processor.process(batch)).map { job, disposition in
            guard case .reply(let bytes) = disposition else { return nil }
            return try job.openReply(bytes)
        }
    }
}
