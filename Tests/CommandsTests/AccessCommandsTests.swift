import AdminTestFront
import Cryptography
import Foundation
import JobDispatch
import KeyModel
import OperatorSignatures
import Testing

@Suite("Commands about instances, authorizations, operators and identities")
struct AccessCommandsTests {
    private static func refusal(_ code: OperationFailure.Code) -> Result<OperatorAnswer, OperationFailure> {
        .failure(OperationFailure(code))
    }

    @Test("operator renew: the caller's own certificate of several, else the one that is valid longest")
    func renewsOwn() async throws {
        let identities: [any KeyPath<AdminFixture, TestAuthority.Identity> & Sendable] = [\.viewer, \.keyOwner]
        for identity in identities {
            try await OperatorHome.run(as: identity) { home, admin in
                admin.jobs.set(\.fleet, Samples.fleet())
                let own = try admin.viewer.fingerprint
                let other = try #require(CertificateFingerprint([UInt8](repeating: 2, count: 32)))
                func eve(_ fingerprint: CertificateFingerprint, _ notAfter: Timestamp) -> Operator {
                    Operator(
                        fingerprint: fingerprint,
                        name: "eve",
                        roles: [.viewer],
                        status: .inForce,
                        notAfter: notAfter
                    )
                }
                let older = eve(own, AccessSamples.time)
                let newer = eve(other, AccessSamples.time.advanced(bySeconds: 86_400))
                admin.jobs.set(
                    \.answers,
                    [
                        "operator.list": .success(.registeredOperator(.list([older, newer]))),
                        "operator.add": .success(.registeredOperator(.added(newer))),
                    ]
                )
                try FileManager.default.createDirectory(
                    atPath: home.file("authorities"),
                    withIntermediateDirectories: true
                )
                let key = try PrivateKey.generate(.p256)
                let authority = try CertificateAuthority.create(
                    commonName: "operators",
                    validity: .days(30, from: TestAuthority.now),
                    key: key
                )
                try home.write("authorities/operators.pem", authority.certificate.pem)
                try key.write(toPEMFile: home.file("authorities/operators.key"))
                let console = RecordedConsole()
                let files = ["--out-certificate", home.file("e.pem"), "--out-key", home.file("e.key")]
                let arguments = ["operator", "renew", "eve"] + files + ["--home", home.path]
                #expect(await console.run(arguments) == 0, "\(console.errors)")
                let isOwn = admin[keyPath: identity].certificate.der == admin.viewer.certificate.der
                guard case .registeredOperator(.add("eve", _, _, let replaced, _))? = admin.jobs.received.last?.request
                else {
                    Issue.record("\(admin.jobs.received.map(\.request.name))")
                    return
                }
                #expect(replaced == (isOwn ? own : other))
            }
        }
    }

    @Test("instance create, show, activate and deactivate")
    func instance() async throws {
        try await OperatorHome.run { home, admin in
            admin.jobs.set(\.fleet, Samples.fleet())
            admin.jobs.set(
                \.answers,
                [
                    "instance.create": .success(.instance(.changed(AccessSamples.instance("kmip-qx", .inactive)))),
                    "instance.show": .success(AccessSamples.details(.notAuthorized)),
                    "instance.activate": .success(.instance(.changed(AccessSamples.instance()))),
                ]
            )
            let create = RecordedConsole()
            #expect(await create.run(["instance", "create", "--home", home.path]) == 0)
            #expect(create.output.hasPrefix("Made kmip-qx. It serves no keys yet."))
            #expect(create.output.contains("keyferry instance activate kmip-qx"))
            let show = RecordedConsole()
            #expect(await show.run(["instance", "show", "kmip-ab", "--home", home.path]) == 0)
            #expect(show.output.contains("serves      NO: The owner of root key 'first' does not allow it"))
            #expect(show.output.contains("root key    first (root-1), version 2"))
            #expect(show.output.contains("keys        3 active, 1 destroyed"))
            let activate = RecordedConsole()
            let options = ["--root-key", "first", "--home", home.path]
            #expect(await activate.run(["instance", "activate", "kmip-ab"] + options) == 0)
            #expect(
                admin.jobs.received.last?.request
                    == .instance(.activate(name: "kmip-ab", rootKey: "root-1"))
            )
            admin.jobs.set(\.answers, ["instance.activate": Self.refusal(.rootKeyNotAuthorized)])
            let refused = RecordedConsole()
            #expect(await refused.run(["instance", "activate", "kmip-ab"] + options) == 1)
            #expect(refused.errors.contains("must first allow instance 'kmip-ab'"))
            let misspelt = RecordedConsole()
            let wrong = ["instance", "activate", "kmip-ab", "--root-key", "frist", "--home", home.path]
            #expect(await misspelt.run(wrong) == 1)
            #expect(misspelt.errors == "keyferry: there is no root key 'frist'; did you mean 'first'?")
        }
    }

    @Test("instance delete prints the safe order, and wants the name repeated and confirmed")
    func delete() async throws {
        try await OperatorHome.run { home, admin in
            let instance = AccessSamples.instance("kmip-ab", .removing).instance
            admin.jobs.set(
                \.answers,
                [
                    "instance.show": .success(AccessSamples.details(nil)),
                    "instance.remove": .success(.instance(.removed(instance, remainingKeys: 3))),
                    "instance.removal-steps": .success(AccessSamples.removal()),
                    "instance.check-removal-step": .success(AccessSamples.removal()),
                ]
            )
            let refused = RecordedConsole()
            #expect(await refused.run(["instance", "delete", "kmip-ab", "--yes", "--home", home.path]) == 1)
            #expect(refused.errors.contains("kmip-ab has 3 keys not destroyed; nothing was done"))
            #expect(refused.errors.contains("1. Decrypt its virtual machines"))
            let force = ["instance", "delete", "kmip-ab", "--force", "kmip-ab", "--home", home.path]
            let unasked = RecordedConsole()
            #expect(await unasked.run(force) == 64)
            let misspelt = RecordedConsole()
            #expect(await misspelt.run(["instance", "delete", "kmip-ab", "--force", "kmip-ac"]) == 64)
            #expect(!admin.jobs.received.contains { $0.request.name == "instance.remove" })
            let removed = RecordedConsole()
            #expect(await removed.run(force + ["--yes"]) == 0)
            #expect(removed.output.contains("3 keys are being destroyed"))
        }
    }

    @Test("instance removal-steps shows what is checked off and what is seen, and checks off")
    func removalSteps() async throws {
        try await OperatorHome.run { home, admin in
            admin.jobs.set(
                \.answers,
                [
                    "instance.removal-steps": .success(AccessSamples.removal()),
                    "instance.check-removal-step": .success(AccessSamples.removal()),
                ]
            )
            let steps = RecordedConsole()
            #expect(await steps.run(["instance", "removal-steps", "kmip-ab", "--home", home.path]) == 0)
            #expect(steps.output.components(separatedBy: "[ ]").count == 6)
            #expect(steps.output.contains("[x] 1. Decrypt its virtual machines"))
            #expect(steps.output.contains("checked by eve at 2023-11-14"))
            #expect(steps.output.contains("keys; seen: 3 keys not destroyed"))
            #expect(steps.output.contains("seen: 'first' is used by kmip-cd"))
            let change = RecordedConsole()
            let options = ["--check", "hosts", "--uncheck", "service", "--home", home.path]
            #expect(await change.run(["instance", "removal-steps", "kmip-ab"] + options) == 0)
            let requests = admin.jobs.received.suffix(3).map(\.request)
            #expect(
                requests == [
                    .instance(.checkRemovalStep(name: "kmip-ab", .hosts, isChecked: true)),
                    .instance(.checkRemovalStep(name: "kmip-ab", .service, isChecked: false)),
                    .instance(.removalSteps(name: "kmip-ab")),
                ]
            )
            let unknown = RecordedConsole()
            let wrong = ["instance", "removal-steps", "kmip-ab", "--check", "vms", "--home", home.path]
            #expect(await unknown.run(wrong) == 64)
            #expect(unknown.errors.contains("There is no step 'vms'. They are virtual-machines, hosts"))
            for step in RemovalStep.allCases {
                #expect(unknown.errors.contains(step.rawValue))
            }
        }
    }

    @Test("instance show says where clients connect and what certificate they see there, and warns where they differ")
    func endpoints() async throws {
        try await OperatorHome.run { home, admin in
            admin.jobs.set(\.answers, ["instance.show": .success(AccessSamples.details(nil))])
            func show(_ endpoints: [String: FrontEndpoint]) async -> String {
                admin.jobs.set(\.fleet, Samples.fleet(gateways: endpoints.keys.sorted(), endpoints: endpoints))
                let console = RecordedConsole()
                #expect(await console.run(["instance", "show", "kmip-ab", "--home", home.path]) == 0)
                return console.output
            }
            let (one, other) = (try admin.services.server(for: .dns("a")), try admin.services.server(for: .dns("b")))
            let address = "keys.example.com:5696"
            let same = await show([
                "g1": FrontEndpoint(address: address, certificate: one.certificate.der),
                "g2": FrontEndpoint(address: address, certificate: one.certificate.der),
            ])
            #expect(same.contains("  endpoint    keys.example.com:5696\n"))
            let pairs = one.certificate.fingerprintText.uppercased()
            #expect(same.contains("  server      SHA-256 \(pairs.prefix(2)):"))
            #expect(!same.contains("DIFFERENT"))
            let different = await show([
                "g1": FrontEndpoint(address: nil, certificate: one.certificate.der),
                "g2": FrontEndpoint(address: nil, certificate: other.certificate.der),
            ])
            #expect(different.contains("GATEWAYS SHOW DIFFERENT CERTIFICATES"))
            #expect(different.contains("g1: SHA-256") && different.contains("g2: SHA-256"))
            #expect(different.contains("the server certificate is for a, b"))
            #expect(await show([:]).contains("  endpoint    unknown: no gateway is heard"))
        }
    }

    @Test("instance delete --wait waits until the instance is gone")
    func deleteAndWait() async throws {
        try await OperatorHome.run { home, admin in
            let instance = AccessSamples.instance("kmip-ab", .removing).instance
            admin.jobs.set(
                \.answers,
                [
                    "instance.show": .success(AccessSamples.details(nil)),
                    "instance.remove": .success(.instance(.removed(instance, remainingKeys: 3))),
                    "instance.removal-steps": .success(AccessSamples.removal()),
                ]
            )
            async let gone: Void = {
                while !admin.jobs.received.contains(where: { $0.request.name == "instance.removal-steps" }) {
                    try await Task.sleep(for: .milliseconds(50))
                }
                admin.jobs.set(\.answers, ["instance.removal-steps": Self.refusal(.itemNotFound)])
            }()
            let console = RecordedConsole()
            let arguments = [
                "instance", "delete", "kmip-ab", "--force", "kmip-ab", "--yes", "--wait", "--home", home.path,
            ]
            #expect(await console.run(arguments) == 0)
            try await gone
            #expect(console.output.contains("kmip-ab is removed, and its 3 keys are destroyed."))
            #expect(console.errors.contains("Destroying: 3 of 3 keys (100 %), done"))
        }
    }

    @Test("authorization grant signs what is asked, with the operator's key")
    func grant() async throws {
        try await OperatorHome.run(as: \.keyOwner) { home, admin in
            admin.jobs.set(\.fleet, Samples.fleet())
            admin.jobs.set(
                \.answers,
                [
                    "instance.show": .success(
                        AccessSamples.details(.notActivated, AccessSamples.instance("kmip-ab", .inactive))
                    ),
                    "authorization.grant": .success(.authorization(.granted(AccessSamples.authorization()))),
                    "authorization.withdraw": .success(.authorization(.withdrawn(AccessSamples.authorization()))),
                    "authorization.list": .success(.authorization(.list([AccessSamples.authorization()]))),
                ]
            )
            let options = ["--root-key", "first", "--instance", "kmip-ab", "--home", home.path]
            let grant = RecordedConsole()
            #expect(await grant.run(["authorization", "grant"] + options) == 0)
            #expect(grant.output.contains("Next, a KMIP manager: keyferry instance activate kmip-ab --root-key first"))
            let request = try #require(admin.jobs.received.last?.request)
            guard case .authorization(.grant("root-1", "kmip-ab", let roles, let signed)) = request else {
                Issue.record("\(request)")
                return
            }
            #expect(roles == Set(ServiceAuthorization.Role.allCases))
            let certificate = try Certificate(der: signed.certificate)
            #expect(certificate.der == admin.keyOwner.certificate.der)
            try DetachedSignature(parsing: signed.signature).verify(signed.statement, by: certificate)
            let statement = try OperatorStatement(decoding: signed.statement)
            let expected = SignedRequest.grantAuthorization(
                partition: "main",
                rootKey: .init(name: "first", identifier: "root-1"),
                instance: .init(name: "kmip-ab", identifier: "id-of-kmip-ab"),
                roles: ["viewer", "vmware-kmip-manager"]
            )
            #expect(statement.purpose == expected.purpose && statement.subject == expected.subject)
            #expect(statement.expires - statement.issued == SignedRequest.lifetimeSeconds)

            let withdraw = RecordedConsole()
            #expect(await withdraw.run(["authorization", "withdraw", "--yes"] + options) == 0)
            #expect(withdraw.output.contains("may not use root key 'first' any more"))
            let list = RecordedConsole()
            #expect(await list.run(["authorization", "list", "--home", home.path]) == 0)
            #expect(list.output.contains("first (root-1)  kmip-ab   viewer, vmware-kmip-manager  yes"))
        }
    }

    @Test("operator add, list and revoke")
    func operators() async throws {
        try await OperatorHome.run(as: \.keyOwner) { home, admin in
            admin.jobs.set(\.fleet, Samples.fleet())
            let operators = AccessSamples.operator("eve", 1) + AccessSamples.operator("bob", 2, .revoked)
            admin.jobs.set(
                \.answers,
                [
                    "operator.list": .success(.registeredOperator(.list(operators))),
                    "operator.add": .success(.registeredOperator(.added(operators[0]))),
                    "operator.revoke": .success(.registeredOperator(.revoked(operators[0]))),
                ]
            )
            let certificate = try TestAuthority("operators").client("eve").certificate
            try home.write("eve.pem", certificate.pem)
            let add = RecordedConsole()
            let options = ["--role", "viewer", "--role", "key-owner", "--home", home.path]
            #expect(await add.run(["operator", "add", "eve", home.file("eve.pem")] + options) == 0)
            guard
                case .registeredOperator(.add("eve", certificate.der, let roles, nil, let signed))? =
                    admin.jobs.received.last?.request
            else {
                Issue.record("not asked")
                return
            }
            #expect(roles == [.viewer, .keyOwner])
            #expect(try OperatorStatement(decoding: signed.statement).subject["roles"] == "key-owner viewer")
            let key = RecordedConsole()
            #expect(await key.run(["operator", "add", "eve", home.file("operator.key")] + options) == 65)
            let list = RecordedConsole()
            #expect(await list.run(["operator", "list", "--home", home.path]) == 0)
            #expect(list.output.contains("bob") && list.output.contains("revoked"))
            let revoke = RecordedConsole()
            #expect(await revoke.run(["operator", "revoke", "eve", "--yes", "--home", home.path]) == 0)
            #expect(
                admin.jobs.received.last?.request == .registeredOperator(.revoke(operators[0].fingerprint))
            )
            // One who is revoked already is not found again.
            let again = RecordedConsole()
            #expect(await again.run(["operator", "revoke", "bob", "--yes", "--home", home.path]) == 1)
            #expect(again.errors.contains("there is no operator 'bob' in force"))
        }
    }

    @Test("identity list and revoke, by fingerprint with colons or by name")
    func identities() async throws {
        try await OperatorHome.run { home, admin in
            let services = AccessSamples.identity("gateway", 3) + AccessSamples.identity("admin", 4, .admin)
            admin.jobs.set(
                \.answers,
                [
                    "identity.list": .success(.identity(.list(services))),
                    "identity.revoke": .success(.identity(.revoked(services[0]))),
                ]
            )
            let list = RecordedConsole()
            #expect(await list.run(["identity", "list", "--home", home.path]) == 0)
            #expect(list.output.contains("gateway  gateway  in-force"))
            let colons = (0..<32).map { _ in "03" }.joined(separator: ":")
            for who in ["gateway", colons] {
                let revoke = RecordedConsole()
                #expect(await revoke.run(["identity", "revoke", who, "--yes", "--home", home.path]) == 0)
                #expect(revoke.output == "Cut off gateway 'gateway', \(services[0].fingerprint).")
                #expect(
                    admin.jobs.received.last?.request
                        == .identity(.revoke(services[0].fingerprint, isOwnMeant: false))
                )
            }
            admin.jobs.set(
                \.answers,
                [
                    "identity.list": .success(.identity(.list(services))),
                    "identity.revoke": Self.refusal(.wouldLockOut),
                ]
            )
            let own = RecordedConsole()
            #expect(await own.run(["identity", "revoke", "admin", "--yes", "--home", home.path]) == 1)
            #expect(own.errors.contains("the admin front that you are using"))
        }
    }

    /// Those who are renewed have several certificates, and whoever is cut off loses all of them.
    @Test("operator revoke and identity revoke by a name that several certificates have")
    func severalOfAName() async throws {
        try await OperatorHome.run(as: \.keyOwner) { home, admin in
            let operators = AccessSamples.operator("eve", 1) + AccessSamples.operator("eve", 2)
            let services = AccessSamples.identity("gateway-2", 3) + AccessSamples.identity("gateway-2", 4)
            admin.jobs.set(\.roles, [try admin.keyOwner.fingerprint: [.kmipManager, .keyOwner]])
            admin.jobs.set(
                \.answers,
                [
                    "operator.list": .success(.registeredOperator(.list(operators))),
                    "operator.revoke": .success(.registeredOperator(.revoked(operators[0]))),
                    "identity.list": .success(.identity(.list(services))),
                    "identity.revoke": .success(.identity(.revoked(services[0]))),
                ]
            )
            let console = RecordedConsole()
            #expect(await console.run(["identity", "revoke", "gateway-2", "--yes", "--home", home.path]) == 0)
            let other = RecordedConsole()
            #expect(await other.run(["operator", "revoke", "eve", "--yes", "--home", home.path]) == 0)
            let revoked = admin.jobs.received.map(\.request).filter { $0.effect != .none }
            #expect(
                Set(revoked)
                    == Set(
                        services.map { .identity(.revoke($0.fingerprint, isOwnMeant: false)) }
                            + operators.map { .registeredOperator(.revoke($0.fingerprint)) }
                    )
            )
            #expect(revoked.count == 4)
            for certificate in services { #expect(console.output.contains(certificate.fingerprint.description)) }
        }
    }

    @Test("operator issue and renew, identity issue, add and renew: certificates of the site's own CAs")
    func issuing() async throws {
        try await OperatorHome.run(as: \.keyOwner) { home, admin in
            admin.jobs.set(\.fleet, Samples.fleet())
            let (eve, gateway) = (AccessSamples.operator("eve", 1)[0], AccessSamples.identity("gateway-2", 3)[0])
            admin.jobs.set(
                \.answers,
                [
                    "operator.list": .success(.registeredOperator(.list([eve]))),
                    "operator.add": .success(.registeredOperator(.added(eve))),
                    "identity.list": .success(.identity(.list([gateway]))),
                    "identity.add": .success(.identity(.added(gateway))),
                ]
            )
            func run(_ words: String...) async -> (code: Int32, console: RecordedConsole) {
                let console = RecordedConsole()
                return (await console.run(words + ["--home", home.path]), console)
            }
            // Without the CA nothing is asked, and nothing made.
            let none = await run(
                "identity",
                "issue",
                "gateway-2",
                "--role",
                "gateway",
                "--out-certificate",
                home.file("g.pem"),
                "--out-key",
                home.file("g.key")
            )
            #expect(none.code == 66 && none.console.errors.contains("--authority"))
            let folder = home.file("authorities")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for name in ["operators", "services"] {
                let key = try PrivateKey.generate(.p256)
                let authority = try CertificateAuthority.create(
                    commonName: name,
                    validity: .days(30, from: TestAuthority.now),
                    key: key
                )
                try home.write("authorities/\(name).pem", authority.certificate.pem)
                try key.write(toPEMFile: "\(folder)/\(name).key")
            }
            func issued(_ name: String) throws -> Certificate {
                try Certificate(pem: String(contentsOfFile: home.file("\(name).pem"), encoding: .utf8))
            }
            let neither = await run("operator", "renew", "eve", "--out-certificate", home.file("e.pem"))
            #expect(neither.code == 64 && neither.console.errors.contains("--request"))

            let one = await run(
                "identity",
                "issue",
                "gateway-2",
                "--role",
                "gateway",
                "--days",
                "10",
                "--out-certificate",
                home.file("g.pem"),
                "--out-key",
                home.file("g.key")
            )
            #expect(one.code == 0, "\(one.console.errors)")
            let certificate = try issued("g")
            #expect(try ServiceCertificateExtension(of: certificate)?.role == "gateway")
            #expect(try ServiceCertificateExtension(of: certificate)?.partitions == ["main"])
            #expect(try PrivateKey(pemFile: home.file("g.key")).publicKey == certificate.publicKey)
            #expect(certificate.notAfter < TestAuthority.now + 11 * 86_400)
            guard
                case .identity(.add("gateway-2", certificate.der, nil, let signed))? =
                    admin.jobs.received.last?.request
            else {
                Issue.record("not asked")
                return
            }
            #expect(try OperatorStatement(decoding: signed.statement).subject["role"] == "gateway")

            let added = await run("identity", "add", "gateway-3", home.file("g.pem"))
            #expect(added.code == 0)
            let wrong = await run("identity", "add", "gateway-3", home.file("operator.pem"))
            #expect(wrong.code == 65 && wrong.console.errors.contains("no service's certificate"))

            let again = await run(
                "identity",
                "renew",
                "gateway-2",
                "--out-certificate",
                home.file("g2.pem"),
                "--out-key",
                home.file("g2.key")
            )
            #expect(again.code == 0, "\(again.console.errors)")
            #expect(
                admin.jobs.received.last.map { job in
                    if case .identity(.add("gateway-2", _, gateway.fingerprint, _)) = job.request {
                        true
                    } else {
                        false
                    }
                } == true
            )

            let newcomer = await run(
                "operator",
                "issue",
                "eve",
                "--role",
                "viewer",
                "--out-certificate",
                home.file("e.pem"),
                "--out-key",
                home.file("e.key")
            )
            #expect(newcomer.code == 0, "\(newcomer.console.errors)")
            let renewed = await run(
                "operator",
                "renew",
                "eve",
                "--out-certificate",
                home.file("e2.pem"),
                "--out-key",
                home.file("e2.key")
            )
            #expect(renewed.code == 0, "\(renewed.console.errors)")
            #expect(renewed.console.output.contains("stays in force until"))
            let second = try issued("e2")
            guard
                case .registeredOperator(.add("eve", second.der, eve.roles, eve.fingerprint, let statement))? =
                    admin.jobs.received.last?.request
            else {
                Issue.record("not asked")
                return
            }
            #expect(
                try OperatorStatement(decoding: statement.statement).subject["replaces"] == eve.fingerprint.description
            )

            // What the server refuses is not left lying about; what it may have taken is.
            admin.jobs.set(\.answers, ["operator.add": Self.refusal(.alreadyExists)])
            let refused = await run(
                "operator",
                "issue",
                "bob",
                "--role",
                "viewer",
                "--out-certificate",
                home.file("b.pem"),
                "--out-key",
                home.file("b.key")
            )
            #expect(refused.code == 1)
            #expect(!FileManager.default.fileExists(atPath: home.file("b.key")))
            #expect(!FileManager.default.fileExists(atPath: home.file("b.pem")))
        }
    }
}
