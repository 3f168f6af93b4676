import Cryptography
import JobMessages
import JobSealing
import KeyModel
import KeyStorage
import TestServices
import Testing

@testable import Worker

/// Messages that come twice.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct RepeatIntegrationTests {
    @Test(arguments: [false, true])
    func aCreateThatComesTwiceMakesOneKey(_ isRedelivered: Bool) async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let job = try site.seal([.makeCreate()])
            let first = try #require(try site.worker.deliver(job))
            let second = try site.worker.deliver(job, isRedelivered: isRedelivered)
            #expect(second == first)
            #expect(try site.count("managed_objects") == 1)
            // Another worker on the same store answers the same.
            #expect(try site.anotherWorker().deliver(job, isRedelivered: isRedelivered) == first)
            #expect(try site.count("managed_objects") == 1)
        }
    }

    @Test func aCreateThatComesTwiceInOneBatchMakesOneKey() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let job = try site.seal([.makeCreate()])
            let received = ReceivedJob(body: job.bytes, isRedelivered: false)
            let replies = try site.worker.processor.process([received, received]).map { disposition -> JobReply? in
                guard case .reply(let bytes) = disposition else { return nil }
                return try job.openReply(bytes)
            }
            #expect(replies[0] != nil && replies[0] == replies[1])
            #expect(try site.count("managed_objects") == 1)
        }
    }

    @Test func anotherRequestUnderTheSameIdentifierIsRefused() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let messageID = try RandomBytes.generate(count: 16)
            _ = try site.reply([.makeCreate()]) { $0.messageID = messageID }
            let other = try site.reply([.makeCreate([.name("vm-1")])]) { $0.messageID = messageID }
            #expect(other?.failureCode == .messageReused)
            #expect(try site.count("managed_objects") == 1)
        }
    }

    @Test func aRepeatFetchesTheKeyAgain() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let job = try site.seal([.makeCreate(), .makeGet()])
            let replies = [try site.worker.deliver(job), try site.worker.deliver(job, isRedelivered: true)]
            let keys = try replies.map { reply -> RetrievedKey in
                guard case .kmip(let outcomes)? = reply, case .got(let key) = try outcomes[1].get() else {
                    throw FixtureFailure(reply: reply)
                }
                return key
            }
            #expect(keys[0].identifier == keys[1].identifier)
            #expect(try site.gateway.unwrap(keys[0]) == site.gateway.unwrap(keys[1]))
            #expect(try site.count("managed_objects") == 1)
            let reads = try site.worker.auditEvents().filter { $0.action == .keyRead }
            #expect(reads.map(\.isRepeat) == [false, true])
        }
    }

    /// A worker dies each time that it has counted an attempt.
    @Test func aJobThatKillsWorkersIsGivenUp() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let job = try site.seal([.makeCreate()])
            let requestHash = SHA256.hash(try plaintext(of: [.makeCreate()], site))
            let key = OutcomeKey(sender: site.gateway.credential.fingerprint, messageID: job.header.messageID)
            let expiry = Timestamp(secondsSince1970: site.clock.now / 1_000 + 600)
            for _ in 0..<OutcomeDecision.mostAttempts {
                try site.worker.processor.store.write {
                    _ = try $0.countAttempt(key, requestHash: requestHash, expiry: expiry)
                }
            }
            #expect(try site.worker.deliver(job, isRedelivered: true)?.failureCode == .attemptsExhausted)
            // The answer stays, whoever is asked and however.
            #expect(try site.anotherWorker().deliver(job)?.failureCode == .attemptsExhausted)
            #expect(try site.count("managed_objects") == 0)
            let event = try site.worker.auditEvents().last
            #expect(event?.action == .jobAbandoned && event?.failure == .attemptsExhausted)
        }
    }

    @Test func aRedeliveredJobIsDoneOnceUpToTheThirdAttempt() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let job = try site.seal([.makeCreate()])
            let requestHash = SHA256.hash(try plaintext(of: [.makeCreate()], site))
            let key = OutcomeKey(sender: site.gateway.credential.fingerprint, messageID: job.header.messageID)
            let expiry = Timestamp(secondsSince1970: site.clock.now / 1_000 + 600)
            for _ in 0..<OutcomeDecision.mostAttempts - 1 {
                try site.worker.processor.store.write {
                    _ = try $0.countAttempt(key, requestHash: requestHash, expiry: expiry)
                }
            }
            guard case .kmip(let outcomes)? = try site.worker.deliver(job, isRedelivered: true) else {
                Issue.record("not done")
                return
            }
            #expect(outcomes[0].failureCode == nil)
        }
    }

    @Test func whatWasDoneIsForgottenOnlyWhenNobodyCanSendItAnyMore() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let job = try site.seal([.makeCreate()])
            _ = try site.worker.deliver(job)
            site.clock.advance(byMilliseconds: 31_000)
            #expect(try site.worker.deliver(job)?.failureCode == .deadlinePassed)
            #expect(try site.count("managed_objects") == 1)
        }
    }

    private func plaintext(of operations: [KeyModel.Operation], _ site: TestSite) throws -> [UInt8] {
        let job = KMIPJob(client: site.one.fingerprint, continuesAfterFailure: false, operations: operations)
        return Job(requestID: "request", clientAddress: "192.0.2.7", content: .kmip(job)).serialized()
    }

    private struct FixtureFailure: Error {
        let reply: JobReply?
    }
}
