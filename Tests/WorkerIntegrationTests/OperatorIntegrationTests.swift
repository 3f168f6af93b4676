import AuthorityKeeping
import Cryptography
import HSM
import JobSealing
import KeyModel
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct OperatorIntegrationTests {
    @Test func aCertificateWorksFromTheNextJobUntilItIsRemoved() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let host = try TestClient("one", services: site.services)
            let add = OperatorJob.Request.certificate(
                .add(
                    instance: "kmip-one",
                    name: "esx-7",
                    der: host.certificate.der
                )
            )
            guard case .operator(.certificate(.added(let added)))? = try site.sendOperators(add) else {
                Issue.record("not added")
                return
            }
            #expect(added.fingerprint == host.fingerprint && added.name == "esx-7")
            #expect(site.worker.processor.notices == [.certificate(host.fingerprint)])
            #expect(site.worker.processor.keeper.authority.generation == 2)
            let key = try site.create(of: host)
            // It is the same instance's.
            #expect(try site.get(key) == site.get(key, of: host))
            // A worker that was not asked knows it as well.
            let other = try site.anotherWorker()
            let remove = OperatorJob.Request.certificate(.remove(instance: "kmip-one", name: "esx-7"))
            #expect(
                try other.deliver(try site.sealOperators(remove)) == .operator(.certificate(.removed(host.fingerprint)))
            )
            #expect(try site.reply([.makeGet(key)], of: host)?.failureCode == .notRegistered)
            #expect(other.processor.notices == [.certificate(host.fingerprint)])
            let events = try site.worker.auditEvents() + other.auditEvents()
            let changes = events.filter { $0.action == .certificateAdd || $0.action == .certificateRemove }
            #expect(changes.map(\.action) == [.certificateAdd, .certificateRemove])
            #expect(changes.allSatisfy { $0.initiator == "Operator-\(site.manager)" && $0.failure == nil })
        }
    }

    @Test func aChangeThatComesTwiceIsMadeOnce() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let host = try TestClient("one", services: site.services)
            let job = try site.sealOperators(
                .certificate(.add(instance: "kmip-one", name: "esx-7", der: host.certificate.der))
            )
            let first = try site.worker.deliver(job)
            #expect(first?.failureCode == nil && first != nil)
            #expect(try site.worker.deliver(job) == first)
            #expect(try site.worker.deliver(job, isRedelivered: true) == first)
            #expect(try site.anotherWorker().deliver(job, isRedelivered: true) == first)
            #expect(site.worker.processor.keeper.authority.generation == 2)
            #expect(site.worker.processor.notices.count == 1)
        }
    }

    /// An Idempotency-Key is a message id: whoever asks again within the time of a stored outcome is answered as before,
    /// and another request under it is refused.
    @Test func anIdentifierOfARequestIsForThatRequest() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let host = try TestClient("one", services: site.services)
            let identifier = [UInt8](repeating: 7, count: 16)
            func add(_ name: String) throws -> JobReply? {
                try site.sendOperators(
                    .certificate(.add(instance: "kmip-one", name: name, der: host.certificate.der))
                ) { $0.messageID = identifier }
            }
            let first = try add("esx-7")
            #expect(first?.failureCode == nil && first != nil)
            site.clock.advance(byMilliseconds: 300_000)
            #expect(try add("esx-7") == first)
            #expect(try add("esx-8")?.failureCode == .messageReused)
            #expect(site.worker.processor.keeper.authority.generation == 2)
        }
    }

    @Test func aChangeIsMadeToWhatItsRequesterSaw() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let seen = try #require(
                site.worker.processor.keeper.authority.certificates.first { $0.name == "vcenter-one" }
            )
            let remove = OperatorJob.Request.certificate(.remove(instance: "kmip-one", name: "vcenter-one"))
            let add = OperatorJob.Request.certificate(
                .add(instance: "kmip-one", name: "vcenter-one", der: site.one.certificate.der)
            )
            for stale in [RecordTag(fields: []), RecordTag(fields: ["other"])] {
                #expect(try site.sendOperators(remove, expecting: stale)?.failureCode == .preconditionFailed)
                #expect(try site.sendOperators(add, expecting: stale)?.failureCode == .preconditionFailed)
            }
            #expect(try site.sendOperators(remove, expecting: seen.tag)?.failureCode == nil)
            // It is gone: nothing is as it was seen.
            #expect(try site.sendOperators(remove, expecting: seen.tag)?.failureCode == .preconditionFailed)
            let instance = try #require(
                site.worker.processor.keeper.authority.instances.first { $0.name == "kmip-one" }
            )
            #expect(try site.sendOperators(add, expecting: instance.tag)?.failureCode == nil)
            #expect(site.worker.processor.keeper.authority.generation == 3)
        }
    }

    @Test func aRequestIsDoneOnceByWhicheverFrontItComes() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let second = try TestFront(
                .admin,
                services: site.services,
                ticketKey: try #require(site.authority.ticketKeys.first).certificate
            )
            try site.changeAuthority {
                $0.services.append(
                    ServiceIdentity(
                        fingerprint: second.credential.fingerprint,
                        name: "admin-2",
                        role: .admin,
                        status: .inForce,
                        notAfter: AuthorityPlan.end
                    )
                )
            }
            let identifier = [UInt8](repeating: 7, count: 16)
            let create = OperatorJob.Request.instance(.create(name: nil))
            let first = try site.worker.deliver(try site.sealOperators(create) { $0.messageID = identifier })
            let again = try site.worker.deliver(
                try site.sealOperators(create, through: second) { envelope in
                    envelope.messageID = identifier
                    envelope.clientAddress = "2001:db8::7"
                }
            )
            #expect(first != nil && first?.failureCode == nil && again == first)
            #expect(site.authority.instances.count == 3)
            // Another request under that name is another request, and another operator has names of his own.
            let other = OperatorJob.Request.instance(.create(name: "kmip-three"))
            let reused = try site.worker.deliver(
                try site.sealOperators(other, through: second) { $0.messageID = identifier }
            )
            #expect(reused?.failureCode == .messageReused)
            let manager = try site.makeOperator("another", [.kmipManager])
            let his = try site.worker.deliver(
                try site.sealOperators(other, by: manager.fingerprint) { $0.messageID = identifier }
            )
            #expect(his != nil && his?.failureCode == nil)
        }
    }

    @Test func whatCanNotBeAddedIsRefused() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let good = try TestClient("new", services: site.services).certificate.der
            let past = CertificateValidity(notBefore: 1_700_000_000, notAfter: 1_700_000_001)
            let expired = try site.services.certificate(
                nil,
                for: try PrivateKey.generate(.p256).publicKey,
                validity: past
            ).der
            let cases: [(String, String, [UInt8], OperationFailure.Code)] = [
                ("kmip-none", "a", good, .itemNotFound), ("kmip-one", "", good, .invalidField),
                ("kmip-one", "a b", good, .invalidField), ("kmip-one", "a/b", good, .invalidField),
                ("kmip-one", String(repeating: "a", count: 65), good, .invalidField),
                ("kmip-one", "a", [], .certificateInvalid), ("kmip-one", "a", good + [0], .certificateInvalid),
                ("kmip-one", "a", Array("-----BEGIN".utf8), .certificateInvalid),
                ("kmip-one", "a", expired, .certificateInvalid), ("kmip-one", "vcenter-one", good, .alreadyExists),
                ("kmip-other", "a", site.one.certificate.der, .alreadyExists),
            ]
            for (instance, name, der, expected) in cases {
                let reply = try site.sendOperators(
                    .certificate(.add(instance: instance, name: name, der: der))
                )
                #expect(reply?.failureCode == expected, "\(instance) \(name) \(der.count)")
            }
            #expect(site.worker.processor.keeper.authority.generation == 1)
            #expect(site.worker.processor.notices.isEmpty)
        }
    }

    @Test func operatorsDoWhatTheirRolesAllow() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let remove = OperatorJob.Request.certificate(
                .remove(
                    instance: "kmip-one",
                    name: "vcenter-one"
                )
            )
            #expect(try site.sendOperators(remove, by: site.viewer)?.failureCode == .operatorNotAuthorized)
            for request in [remove, .instance(.list), .partition(.describe), .certificate(.list(instance: "kmip-one"))]
            {
                let stranger = try site.sendOperators(request, by: site.one.fingerprint)
                #expect(stranger?.failureCode == .operatorNotAuthorized)
            }
            #expect(try site.sendOperators(.instance(.list), by: site.viewer)?.failureCode == nil)
            #expect(site.worker.processor.keeper.authority.generation == 1)
        }
    }

    @Test func operatorsSeeInstancesCertificatesAndThePartition() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            _ = try site.create()
            _ = try site.outcome(.makeActivate(key)).get()
            guard case .operator(.instance(.list(let instances)))? = try site.sendOperators(.instance(.list)),
                case .operator(.certificate(.list(let certificates)))? = try site.sendOperators(
                    .certificate(.list(instance: "kmip-one"))
                ),
                case .operator(.partition(let partition))? = try site.sendOperators(.partition(.describe))
            else {
                Issue.record("no answers")
                return
            }
            #expect(instances.map(\.instance.name).sorted() == ["kmip-one", "kmip-other"])
            let one = instances.first { $0.instance.name == "kmip-one" }
            #expect(one?.certificateCount == 1 && one?.objectCounts == [.preActive: 1, .active: 1])
            #expect(certificates.map(\.certificate.fingerprint) == [site.one.fingerprint])
            #expect(partition.tokenSerial == site.hsm.serial && partition.authorityGeneration == 1)
            #expect(partition.rootKeys.map(\.currentVersion) == [1])
        }
    }
}
