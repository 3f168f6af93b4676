import AuthorityKeeping
import Cryptography
import HSM
import KeyModel
import KeyStorage
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// Client certificates of operators: refused and admitted, used, replaced, ended.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct CertificateIntegrationTests {
    private static let partOfALog = "a client certificate expires soon"

    /// A stranger's connection, as a gateway asks about it.
    private func show(_ client: TestClient, _ site: TestSite, der: [UInt8]?? = .none) throws -> JobReply? {
        let content = Job.Content.identifyClient(client.fingerprint, der: der ?? client.certificate.der)
        return try site.worker.deliver(try site.gateway.seal(content, .init(now: site.clock.now)))
    }

    private func beat(_ site: TestSite) throws {
        site.clock.advance(byMilliseconds: 1_000)
        _ = try site.worker.processor.examine(workerName: "w")
    }

    private func ask(_ request: ClientCertificateRequest, _ site: TestSite) throws -> ClientCertificateAnswer? {
        guard case .operator(.certificate(let answer))? = try site.sendOperators(.certificate(request)) else {
            return nil
        }
        return answer
    }

    private func pending(_ site: TestSite) throws -> [PendingCertificate] {
        guard case .pending(let all)? = try ask(.listPending, site) else { return [] }
        return all
    }

    @Test func aRefusedClientIsListedAndAdmitted() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let stranger = try TestClient("stranger", services: site.services)
            #expect(try show(stranger, site)?.failureCode == .notRegistered)
            #expect(try show(stranger, site)?.failureCode == .notRegistered)
            // Nothing is written for it until the store is written to in any case.
            #expect(try site.count("refused_certificates") == 0)
            try beat(site)
            let listed = try pending(site)
            #expect(listed.map(\.fingerprint) == [stranger.fingerprint])
            #expect(listed.first?.attempts == 2 && listed.first?.der == stranger.certificate.der)

            let admit = ClientCertificateRequest.admit(stranger.fingerprint, instance: "kmip-one", name: "esx-7")
            let job = try site.sealOperators(.certificate(admit))
            guard case .operator(.certificate(.added(let added)))? = try site.worker.deliver(job) else {
                Issue.record("not admitted")
                return
            }
            #expect(added.fingerprint == stranger.fingerprint && added.name == "esx-7")
            #expect(site.worker.processor.notices == [.certificate(stranger.fingerprint)])
            _ = try site.create(of: stranger)
            #expect(try pending(site).isEmpty)
            let events = try site.worker.auditEvents().filter { $0.action == .certificateAdd }
            #expect(events.map(\.initiator) == ["Operator-\(site.manager)"])
            // The same job again is answered as before; another is told that it is there.
            #expect(try site.worker.deliver(job, isRedelivered: true)?.failureCode == nil)
            #expect(try site.sendOperators(.certificate(admit))?.failureCode == .alreadyExists)
        }
    }

    @Test func whatCanNotBeAdmittedIsRefused() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let stranger = try TestClient("stranger", services: site.services)
            func refusal(_ name: String, of instance: String = "kmip-one") throws -> OperationFailure.Code? {
                try site.sendOperators(
                    .certificate(.admit(stranger.fingerprint, instance: instance, name: name))
                )?.failureCode
            }
            #expect(try refusal("a") == .certificateNotPending)
            _ = try show(stranger, site)
            // The worker that was asked knows at once.
            #expect(try refusal("a b") == .invalidField)
            try beat(site)
            #expect(try refusal("a", of: "kmip-none") == .itemNotFound)
            #expect(try refusal("vcenter-one") == .alreadyExists)
            let registered = ClientCertificateRequest.admit(site.other.fingerprint, instance: "kmip-one", name: "a")
            #expect(try site.sendOperators(.certificate(registered))?.failureCode == .alreadyExists)
            let viewer = try site.sendOperators(
                .certificate(.admit(stranger.fingerprint, instance: "kmip-one", name: "a")),
                by: site.viewer
            )
            #expect(viewer?.failureCode == .operatorNotAuthorized)
            #expect(try site.sendOperators(.certificate(.listPending), by: site.viewer)?.failureCode == nil)
            // Somebody who can write to the database puts his own certificate under the fingerprint.
            let other = try TestClient("forger", services: site.services)
            try site.tamper("UPDATE refused_certificates SET der = ?", [.blob(other.certificate.der)])
            #expect(try refusal("a") == .recordCorrupted)
            #expect(try pending(site).isEmpty)
            #expect(site.worker.processor.keeper.authority.generation == 1)
        }
    }

    @Test func whatIsNoPendingCertificateIsNotListed() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let stranger = try TestClient("stranger", services: site.services)
            // A front of an older version, bytes that are not its certificate, another's, a registered one.
            for der in [nil, [0x30, 0x00], site.one.certificate.der, []] as [[UInt8]?] {
                #expect(try show(stranger, site, der: .some(der))?.failureCode == .notRegistered)
            }
            #expect(try show(site.one, site)?.failureCode == nil)
            try beat(site)
            #expect(try site.count("refused_certificates") == 0)
            // Listed as long as it is within its dates.
            _ = try show(stranger, site)
            try beat(site)
            #expect(try pending(site).count == 1)
        }
    }

    @Test func aFloodOfStrangersWritesLittle() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            for _ in 0..<(CertificateNotes.mostRefused + 20) {
                _ = try show(try TestClient("s", services: site.services), site)
            }
            try beat(site)
            #expect(try site.count("refused_certificates") == CertificateNotes.mostRefused)
            #expect(try site.count("job_outcomes") == 0 && site.count("audit_events") == 0)
        }
    }

    @Test func theLastUseIsShown() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            func lastSeen() throws -> Timestamp? {
                guard case .shown(let description)? = try ask(.show(instance: "kmip-one", name: "vcenter-one"), site)
                else { throw FixtureError("not shown") }
                return description.lastSeen
            }
            #expect(try lastSeen() == nil)
            let key = try site.create()
            try beat(site)
            let first = Timestamp(secondsSince1970: site.clock.now / 1_000)
            #expect(try lastSeen() == first)
            _ = try site.get(key)
            try beat(site)
            // Not again within a minute.
            #expect(try lastSeen() == first)
            site.clock.advance(byMilliseconds: 60_000)
            _ = try site.get(key)
            try beat(site)
            #expect(try lastSeen() == Timestamp(secondsSince1970: site.clock.now / 1_000))
            guard case .list(let all)? = try ask(.list(instance: "kmip-other"), site) else {
                Issue.record("not listed")
                return
            }
            #expect(all.map(\.lastSeen) == [nil])
            let missing = OperatorJob.Request.certificate(.show(instance: "kmip-one", name: "none"))
            #expect(try site.sendOperators(missing)?.failureCode == .itemNotFound)
        }
    }

    @Test func aReplacedCertificateEndsByItself() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            try beat(site)
            let new = try TestClient("one", services: site.services)
            let request = ClientCertificateRequest.replace(
                instance: "kmip-one",
                name: "vcenter-one",
                der: new.certificate.der,
                overlapSeconds: 30
            )
            guard case .replaced(let replacement)? = try ask(request, site) else {
                Issue.record("not replaced")
                return
            }
            #expect(replacement.previous?.name == "vcenter-one.previous")
            site.worker.processor.notices = []
            #expect(try site.get(key) == site.get(key, of: new))
            // Another worker reads it as it was written.
            let other = try site.anotherWorker()
            let known = [site.worker, other].map { Set($0.processor.keeper.authority.certificates) }
            #expect(known[0] == known[1])
            try beat(site)
            #expect(site.worker.processor.notices.isEmpty)

            site.clock.advance(byMilliseconds: 31_000)
            #expect(try site.reply([.makeGet(key)])?.failureCode == .notRegistered)
            #expect(try show(site.one, site)?.failureCode == .notRegistered)
            _ = try site.get(key, of: new)
            // Fronts are told, so that they end its connections; and it is registered still, so it is nobody's to admit.
            try beat(site)
            #expect(site.worker.processor.notices == [.certificate(site.one.fingerprint)])
            try beat(site)
            #expect(site.worker.processor.notices.count == 1)
            #expect(try pending(site).isEmpty)
            let events = try site.worker.auditEvents().filter { $0.action == .certificateReplace }
            #expect(events.count == 1 && events.first?.instance == site.one.instance)
        }
    }

    @Test func whatEndsSoonIsWarnedOf() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            try beat(site)
            #expect(!site.log.text.contains(Self.partOfALog))
            let validity = CertificateValidity.days(20, from: site.clock.now / 1_000)
            let certificate = try site.services.certificate(
                nil,
                for: try PrivateKey.generate(.p256).publicKey,
                validity: validity
            )
            _ = try ask(.add(instance: "kmip-one", name: "short", der: certificate.der), site)
            site.clock.advance(byMilliseconds: 60_000)
            try beat(site)
            let lines = site.log.text.split(separator: "\n").filter { $0.contains(Self.partOfALog) }
            #expect(lines.count == 1 && lines.first?.contains("short") == true)
            #expect(lines.first?.contains("19") == true)
        }
    }
}
