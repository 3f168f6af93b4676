import AuthorityKeeping
import Cryptography
import HSM
import JobSealing
import KeyModel
import KeyStorageSQLite
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// A worker as it starts, without its queue.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct WorkerCoreIntegrationTests {
    private func plan(_ site: TestSite, pinFile: String? = nil) throws -> WorkerPlan {
        WorkerPlan(
            hsm: site.settings,
            pinFile: pinFile ?? site.pinPath,
            recordMACKey: site.recordMACKey,
            rootKeyImportKey: nil,
            operatorsTrust: try OperatorsTrust([site.services.authorityCertificate]),
            rootKeyRetentionDays: 90,
            rootKeyDeletionWaitSeconds: 604_800,
            makeEngine: { [path = site.databasePath] in try SQLiteEngine(path: path) },
            logger: site.log.logger,
            clock: { [clock = site.clock] in clock.read() }
        )
    }

    @Test func aStartedWorkerWorksAndSaysHowItIs() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            let get = try site.seal([.makeGet(key)])
            let host = try TestClient("one", services: site.services)
            let add = try site.sealOperators(
                .certificate(.add(instance: "kmip-one", name: "esx-7", der: host.certificate.der))
            )
            site.hsm.close()
            let core = WorkerCore(name: "worker-1")
            try await core.open(try plan(site), credential: try site.services.credential(.worker))
            var verifier = FleetVerifier(trust: site.services.trust)
            let now = site.clock.now

            let (beat, health) = try await core.heartbeat(now: now)
            guard case .heartbeat(let heartbeat) = try verifier.verify(beat, now: now).word else {
                Issue.record("not a heartbeat")
                return
            }
            #expect(health == .healthy && heartbeat.health == .healthy && heartbeat.workerName == "worker-1")
            #expect(heartbeat.authorityGeneration == 1 && heartbeat.hsmSessions == 1)
            // A front that has nothing but this heartbeat can make a ticket that this worker takes.
            let front = try TestFront(.gateway, services: site.services, ticketKey: heartbeat.ticketKeyCertificate)
            let stranger = try front.seal(.identifyClient(site.one.fingerprint), .init(now: now))

            let batch = [get, add, stranger].map { ReceivedJob(body: $0.bytes, isRedelivered: false) }
            let (dispositions, notices) = await core.process(batch)
            let replies = try zip([get, add, stranger], dispositions).map { job, disposition in
                guard case .reply(let bytes) = disposition else { return JobReply?.none }
                return try job.openReply(bytes)
            }
            guard case .kmip(let outcomes)? = replies[0], case .got(let retrieved) = try outcomes[0].get() else {
                Issue.record("\(String(describing: replies[0]))")
                return
            }
            #expect(try site.gateway.unwrap(retrieved).count == 32)
            // Its identity is the CA's and is not listed: the ticket opens, and nothing is done.
            #expect(replies[2]?.failureCode == .senderNotAuthorized)

            #expect(notices.count == 1)
            let (word, _, followsGap) = try verifier.verify(try #require(notices.first), now: now)
            guard case .change(let notice) = word else {
                Issue.record("not a notice")
                return
            }
            #expect(notice.subject == .certificate(host.fingerprint) && notice.authorityGeneration == 2 && !followsGap)
            await core.close()
            let afterwards = await core.process(batch).dispositions
            #expect(afterwards.allSatisfy { $0 == .giveBack })
        }
    }

    @Test func aWrongPINIsFinal() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            site.hsm.close()
            let wrong = try token.folder.write("not the PIN\n", to: "wrong-pin")
            let core = WorkerCore(name: "worker-1")
            let credential = try site.services.credential(.worker)
            await #expect(throws: HSMError(.pinIncorrect)) {
                try await core.open(try plan(site, pinFile: wrong), credential: credential)
            }
            #expect(!site.log.text.contains("not the PIN"))
            // It did no harm: with the right one the worker starts.
            try await core.open(try plan(site), credential: credential)
            await core.close()
        }
    }

    @Test func aMissingKeyIsNamedAtTheStart() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let version = try #require(site.worker.processor.keeper.authority.rootKeyVersions.first)
            let root = TokenKey(.rootKeyVersion, try #require(TokenKeyIdentifier(version.tokenKeyID)))
            try site.hsm.destroyKey(root)
            site.hsm.close()
            let core = WorkerCore(name: "worker-1")
            do {
                try await core.open(try plan(site), credential: try site.services.credential(.worker))
                Issue.record("it started")
            } catch let error as HSMError {
                #expect(error.code == .keyMissing)
                #expect(error.description.contains(root.identifier.description))
            }
        }
    }
}
