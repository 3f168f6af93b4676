import AuthorityKeeping
import Cryptography
import HSM
import JobMessages
import JobSealing
import KeyModel
import KeyStorage
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// Who may do what, and what becomes of those who may not.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct AuthorityIntegrationTests {
    @Test func anotherInstancesKeyIsLikeNoKeyAtAll() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create([.name("vm-1")])
            let absent = UniqueIdentifier("00000000-0000-4000-8000-000000000000")
            for make in Self.operations {
                let foreign = try site.reply([make(key)], of: site.other)
                #expect(foreign == .kmip([.failure(OperationFailure(.itemNotFound))]))
                #expect(try site.reply([make(absent)], of: site.other) == foreign)
            }
            #expect(try site.locate([.name("vm-1")], of: site.other).isEmpty)
            #expect(try site.attribute(.state, of: key) == [.enumeration(1)])
        }
    }

    private static let operations: [@Sendable (UniqueIdentifier) -> KeyModel.Operation] = [
        { .makeGet($0) },
        { .getAttributes(GetAttributesOperation(identifier: $0, names: [])) },
        { .getAttributeList(GetAttributeListOperation(identifier: $0)) },
        { .addAttribute(AddAttributeOperation(identifier: $0, attribute: .custom("x-a", "b"))) },
        { .modifyAttribute(ModifyAttributeOperation(identifier: $0, attribute: .custom("x-a", "b"))) },
        { .deleteAttribute(DeleteAttributeOperation(identifier: $0, name: AttributeName("x-a"), index: 0)) },
        { .makeActivate($0) },
        { .makeRevoke($0, .keyCompromise) },
        { .makeDestroy($0) },
    ]

    @Test func identifiersThatNoServerMakesAreNotFound() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            for text in ["", "' OR 1=1 --", String(repeating: "x", count: 10_000), "ключ", "\u{0}"] {
                let outcome = try site.outcome(.makeGet(UniqueIdentifier(text)))
                #expect(outcome.failureCode == .itemNotFound, "\(text.prefix(20))")
            }
        }
    }

    @Test func aCertificateThatIsNotRegisteredGetsNothing() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let stranger = try TestClient("stranger", services: site.services)
            #expect(try site.reply([.makeCreate()], of: stranger)?.failureCode == .notRegistered)
            #expect(try identify(stranger, site)?.failureCode == .notRegistered)
            guard case .client(let description)? = try identify(site.one, site) else {
                Issue.record("a registered client is known")
                return
            }
            #expect(description.instanceName == "kmip-one" && description.isInService)
            #expect(description.certificateNotAfter.secondsSince1970 == site.one.certificate.notAfter)
            // Not any more when its certificate is over.
            site.clock.advance(byMilliseconds: 366 * 86_400_000)
            #expect(site.worker.processor.keeper.authority.certificates.count == 2)
        }
    }

    private func identify(_ client: TestClient, _ site: TestSite) throws -> JobReply? {
        let job = try site.gateway.seal(.identifyClient(client.fingerprint), .init(now: site.clock.now))
        return try site.worker.deliver(job)
    }

    @Test func aRevokedGatewayIsRefusedWithItsOldTicket() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            try site.changeAuthority { authority in
                authority.services = authority.services.map { service in
                    ServiceIdentity(
                        fingerprint: service.fingerprint,
                        name: service.name,
                        role: service.role,
                        status: service.role == .gateway ? .revoked : service.status,
                        notAfter: service.notAfter
                    )
                }
            }
            #expect(try site.reply([.makeGet(key)])?.failureCode == .senderNotAuthorized)
            #expect(try identify(site.one, site)?.failureCode == .senderNotAuthorized)
            #expect(try site.sendOperators(.instance(.list))?.failureCode == nil)
        }
    }

    @Test func rolesSendTheirOwnKindOfJobOnly() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let kmip = Job.Content.kmip(
                KMIPJob(client: site.one.fingerprint, continuesAfterFailure: false, operations: [.makeCreate()])
            )
            let operators = Job.Content.operator(OperatorJob(requester: site.manager, request: .instance(.list)))
            let identify = Job.Content.identifyClient(site.one.fingerprint)
            for jobClass in JobClass.allCases {
                let cases: [(TestFront, Job.Content, Bool)] = [
                    (site.gateway, kmip, jobClass == .interactive), (site.gateway, identify, jobClass == .interactive),
                    (site.gateway, operators, false), (site.admin, kmip, false), (site.admin, identify, false),
                    (site.admin, operators, jobClass == .operator),
                ]
                for (front, content, isAllowed) in cases {
                    var envelope = try TestFront.Envelope(now: site.clock.now)
                    envelope.jobClass = jobClass
                    let reply = try site.worker.deliver(try front.seal(content, envelope))
                    #expect((reply?.failureCode == .senderNotAuthorized) == !isAllowed, "\(jobClass) \(content)")
                }
            }
        }
    }

    @Test func deadlinesAreJudgedByTheWorkersClock() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let now = site.clock.now
            let cases: [(Int64, OperationFailure.Code?)] = [
                (now - 1, .deadlinePassed), (now, nil), (now + 60_000, nil), (now + 65_001, .invalidField),
                (.max, .invalidField), (.min, .deadlinePassed),
            ]
            for (deadline, expected) in cases {
                #expect(try site.reply([.makeCreate()]) { $0.deadline = deadline }?.failureCode == expected)
            }
        }
    }

    @Test(arguments: [RootKey.Status.suspended, .deleting])
    func aRootKeyThatIsNotActiveServesNothing(_ status: RootKey.Status) async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            try site.changeAuthority { authority in
                authority.rootKeys = authority.rootKeys.map {
                    RootKey(
                        identifier: $0.identifier,
                        name: $0.name,
                        partition: $0.partition,
                        status: status,
                        created: $0.created
                    )
                }
            }
            try expectOutOfService(site, key)
        }
    }

    @Test(arguments: [[], [ServiceAuthorization.Role.viewer], [.vmwareKMIPManager]])
    func anAuthorizationThatIsNotWholeServesNothing(_ roles: [ServiceAuthorization.Role]) async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            try site.changeAuthority { authority in
                authority.authorizations = authority.authorizations.map {
                    ServiceAuthorization(instance: $0.instance, rootKey: $0.rootKey, roles: Set(roles))
                }
            }
            try expectOutOfService(site, key)
        }
    }

    @Test(arguments: Instance.Status.allCases.filter { $0 != .installed })
    func anInstanceThatIsNotInstalledServesNothing(_ status: Instance.Status) async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            try site.changeAuthority { authority in
                authority.instances = authority.instances.map {
                    Instance(
                        identifier: $0.identifier,
                        name: $0.name,
                        status: status,
                        partition: $0.partition,
                        rootKey: $0.rootKey,
                        created: $0.created
                    )
                }
            }
            try expectOutOfService(site, key)
        }
    }

    private func expectOutOfService(_ site: TestSite, _ key: UniqueIdentifier) throws {
        #expect(try site.reply([.makeGet(key)])?.failureCode == .instanceNotInService)
        #expect(try site.reply([.makeCreate()])?.failureCode == .instanceNotInService)
        guard case .client(let description)? = try identify(site.one, site) else {
            Issue.record("the client is known all the same")
            return
        }
        #expect(!description.isInService)
    }

    /// Someone restores an old copy of the database, in which a certificate is not removed yet.
    @Test func anOlderAuthorityIsRefused() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let tables = ["authority_state", "client_certificates"]
            let before = try tables.map { try site.rows("SELECT * FROM \($0)") }
            let removal = try site.sendOperators(
                .certificate(.remove(instance: "kmip-one", name: "vcenter-one"))
            )
            #expect(removal == .operator(.certificate(.removed(site.one.fingerprint))))
            #expect(try site.reply([.makeCreate()])?.failureCode == .notRegistered)
            for (table, rows) in zip(tables, before) {
                try site.tamper("DELETE FROM \(table)")
                for row in rows {
                    let marks = row.map { _ in "?" }.joined(separator: ", ")
                    try site.tamper("INSERT INTO \(table) VALUES (\(marks))", row)
                }
            }
            #expect(try site.reply([.makeCreate()]) == nil)
            #expect { try site.anotherWorker() } throws: { error in
                guard case AuthorityError.olderThanAnchor = error else { return false }
                return true
            }
            #expect(site.log.text.contains("an old database was put back"))
            #expect(try site.count("managed_objects") == 0)
        }
    }

    @Test(arguments: [
        "UPDATE client_certificates SET instance = 'i-other' WHERE name = 'vcenter-one'",
        "DELETE FROM service_authorizations",
        "UPDATE service_identities SET role = 'gateway'",
        "UPDATE root_key_versions SET token_key_id = x'00000000000000000000000000000000'",
        "UPDATE authority_state SET generation = generation + 1",
        "DELETE FROM authority_state",
    ])
    func anAlteredAuthorityIsRefused(_ statement: String) async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            try site.tamper(statement)
            #expect(throws: (any Error).self) { try site.anotherWorker() }
        }
    }

    @Test func ticketsThatTheTokenDoesNotOpenAreRefusedInClear() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try PrivateKey.generate(.rsa3072)
            let certificate = try site.services.certificate("ticket", for: key.publicKey)
            let foreign = try TestFront(.gateway, services: site.services, ticketKey: certificate.der)
            let job = try foreign.seal(.identifyClient(site.one.fingerprint), .init(now: site.clock.now))
            #expect(throws: SealingError(.refusedInClear, refusal: .ticketRefused)) { try site.worker.deliver(job) }
            let old = try site.seal([.makeCreate()])
            site.clock.advance(byMilliseconds: 3 * 3_600_000)
            #expect(throws: SealingError(.refusedInClear, refusal: .ticketRefused)) { try site.worker.deliver(old) }
            try site.gateway.renewTicket(now: site.clock.now)
            _ = try site.create()
        }
    }
}
