import AdminResources
import AdminTestFront
import Cryptography
import JobDispatch
import KeyModel
import NIOHTTP1
import Testing

/// Instances' lives, authorizations, operators and identities: requests as workers get them, answers as clients do.
@Suite("Instances, authorizations, operators, identities")
struct AccessRoutesTests {
    private static let authorizations = "/v1/root-keys/first/authorizations"

    private static func refusal(_ code: OperationFailure.Code) -> Result<OperatorAnswer, OperationFailure> {
        .failure(OperationFailure(code))
    }

    @Test("An instance is made, shown and changed")
    func instance() async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(
                \.answers,
                [
                    "instance.create": .success(.instance(.changed(AccessSamples.instance("kmip-qx", .inactive)))),
                    "instance.show": .success(AccessSamples.details(nil)),
                    "instance.activate": .success(.instance(.changed(AccessSamples.instance()))),
                    "instance.deactivate": .success(
                        .instance(.changed(AccessSamples.instance("kmip-ab", .inactive)))
                    ),
                ]
            )
            let made = try await admin.send(.POST, "/v1/instances", json: "{}")
            #expect(made.status == 201 && made.headers["Location"] == ["/v1/instances/kmip-qx"])
            #expect(made.json["status"] as? String == "inactive")
            let bad = try await admin.send(.POST, "/v1/instances", json: #"{"name":"a b"}"#)
            #expect(bad.status == 422 && bad.code == "invalid-name")
            let shown = try await admin.send(.GET, "/v1/instances/kmip-ab")
            #expect(shown.status == 200 && shown.json["rootKeyVersion"] as? Int == 2)
            #expect(shown.text.contains(#""isServing":true"#) && shown.json["whyNotServing"] == nil)
            #expect(shown.json["lastUse"] as? String == "2023-11-14T22:13:20Z")
            let activated = try await admin.send(
                .POST,
                "/v1/instances/kmip-ab/activate",
                json: #"{"rootKey":"first"}"#
            )
            #expect(activated.status == 200 && activated.json["status"] as? String == "installed")
            #expect(try await admin.send(.POST, "/v1/instances/kmip-ab/deactivate").status == 200)
            let requests = admin.jobs.received.map(\.request)
            #expect(
                requests == [
                    .instance(.create(name: nil)), .instance(.show(name: "kmip-ab")),
                    .instance(.activate(name: "kmip-ab", rootKey: "first")), .instance(.deactivate(name: "kmip-ab")),
                ]
            )
        }
    }

    @Test("Why an instance does not serve is a sentence", arguments: ServiceObstacle.allCases)
    func obstacles(obstacle: ServiceObstacle) async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(\.answers, ["instance.show": .success(AccessSamples.details(obstacle))])
            let shown = try await admin.send(.GET, "/v1/instances/kmip-ab")
            #expect(shown.text.contains(#""isServing":false"#))
            let why = try #require(shown.json["whyNotServing"] as? String)
            #expect(why.hasSuffix(".") && why.count > 20, "\(why)")
        }
    }

    @Test("A refused activation says who must do what")
    func activationRefused() async throws {
        try await AdminFixture.run { admin in
            let cases: [(OperationFailure.Code, Int, String, String)] = [
                (
                    .rootKeyNotAuthorized, 409, "root-key-not-authorized",
                    "keyferry authorization grant --root-key first --instance kmip-ab"
                ),
                (.wrongLifecycleState, 409, "root-key-not-active", "suspended"),
                (.keysNotDestroyed, 409, "keys-not-destroyed", "another root key"),
                (.wrongInstanceStatus, 409, "instance-status-conflict", "deactivated first"),
                (.itemNotFound, 404, "root-key-not-found", "'first'"),
            ]
            for (code, status, problem, detail) in cases {
                admin.jobs.set(
                    \.answers,
                    [
                        "instance.activate": Self.refusal(code),
                        "instance.show": .success(AccessSamples.details(.notActivated)),
                    ]
                )
                let answer = try await admin.send(
                    .POST,
                    "/v1/instances/kmip-ab/activate",
                    json: #"{"rootKey":"first"}"#
                )
                #expect(answer.status == status && answer.code == problem)
                #expect(answer.detail?.contains(detail) == true, "\(answer.text)")
            }
            admin.jobs.set(\.answers, [:])
            let nowhere = try await admin.send(
                .POST,
                "/v1/instances/kmip-zz/activate",
                json: #"{"rootKey":"first"}"#
            )
            #expect(nowhere.code == "instance-not-found")
        }
    }

    @Test("Removal: refused while there are keys, until the name is repeated")
    func removal() async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(
                \.answers,
                [
                    "instance.remove": Self.refusal(.keysNotDestroyed),
                    "instance.show": .success(AccessSamples.details(nil)),
                ]
            )
            let refused = try await admin.send(.DELETE, "/v1/instances/kmip-ab")
            #expect(refused.status == 409 && refused.code == "keys-not-destroyed")
            #expect(refused.detail?.contains("3 keys") == true)
            let misspelt = try await admin.send(.DELETE, "/v1/instances/kmip-ab?force=kmip-ac")
            #expect(misspelt.status == 400 && misspelt.code == "invalid-parameter")
            let instance = AccessSamples.instance("kmip-ab", .removing).instance
            for (remaining, status) in [(3, 202), (0, 200)] {
                admin.jobs.set(
                    \.answers,
                    ["instance.remove": .success(.instance(.removed(instance, remainingKeys: remaining)))]
                )
                let removed = try await admin.send(.DELETE, "/v1/instances/kmip-ab?force=kmip-ab")
                #expect(removed.status == status && removed.json["remainingKeys"] as? Int == remaining)
                #expect(
                    admin.jobs.received.last?.request
                        == .instance(.remove(name: "kmip-ab", repeatedName: "kmip-ab"))
                )
            }
        }
    }

    @Test("The steps of a removal are shown in order, with what is checked off and what is seen")
    func removalSteps() async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(
                \.answers,
                [
                    "instance.removal-steps": .success(AccessSamples.removal()),
                    "instance.check-removal-step": .success(AccessSamples.removal()),
                ]
            )
            let shown = try await admin.send(.GET, "/v1/instances/kmip-ab/removal-steps")
            let steps = try #require(shown.json["steps"] as? [[String: Any]])
            #expect(steps.compactMap { $0["step"] as? String } == RemovalStep.allCases.map(\.rawValue))
            let checks = steps.map { $0["checked"] as? [String: Any] }
            #expect(checks[0]?["by"] as? String == "eve" && checks.dropFirst().allSatisfy { $0 == nil })
            #expect(shown.json["keysNotDestroyed"] as? Int == 3)
            #expect(shown.json["rootKeyNeededBy"] as? [String] == ["kmip-cd"])
            let path = "/v1/instances/kmip-ab/check-removal-step"
            #expect(try await admin.send(.POST, path, json: #"{"step":"hosts","isChecked":false}"#).status == 200)
            let request = OperatorJob.Request.instance(.checkRemovalStep(name: "kmip-ab", .hosts, isChecked: false))
            #expect(admin.jobs.received.last?.request == request)
            let unknown = try await admin.send(.POST, path, json: #"{"step":"vms","isChecked":true}"#)
            #expect(unknown.status == 400 && unknown.detail?.contains("virtual-machines, hosts") == true)
            let missing = try await admin.send(.GET, "/v1/instances/kmip-a%20b/removal-steps")
            #expect(missing.code == "instance-not-found")
        }
    }

    @Test("An instance is shown with what its gateways show")
    func endpoints() async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(\.answers, ["instance.show": .success(AccessSamples.details(nil))])
            let server = try admin.services.server(for: .dns("keys.example.com"))
            let endpoints = [
                "gateway-2": FrontEndpoint(address: "keys.example.com:5696", certificate: server.certificate.der),
                "gateway-1": FrontEndpoint(address: nil, certificate: server.certificate.der),
                "gateway-3": FrontEndpoint(address: nil, certificate: [1, 2, 3]),
            ]
            admin.jobs.set(
                \.fleet,
                Samples.fleet(gateways: ["gateway-2", "gateway-1", "gateway-3", "gateway-4"], endpoints: endpoints)
            )
            let shown = try await admin.send(.GET, "/v1/instances/kmip-ab")
            let gateways = try #require(shown.json["gateways"] as? [[String: Any]])
            #expect(gateways.map { $0["gateway"] as? String } == ["gateway-1", "gateway-2"])
            #expect(gateways[0]["address"] == nil && gateways[1]["address"] as? String == "keys.example.com:5696")
            let certificate = try #require(gateways[1]["certificate"] as? [String: Any])
            #expect(certificate["fingerprint"] as? String == server.certificate.fingerprintText)
            #expect(certificate["hosts"] as? [String] == ["keys.example.com"])
            #expect(certificate["pem"] as? String == server.certificate.pem)
        }
    }

    @Test("Authorizations are listed, granted by a signed statement, and withdrawn")
    func authorizations() async throws {
        try await AdminFixture.run { admin in
            let one = AccessSamples.authorization()
            admin.jobs.set(
                \.answers,
                [
                    "authorization.list": .success(.authorization(.list([one]))),
                    "authorization.grant": .success(.authorization(.granted(one))),
                    "authorization.withdraw": .success(.authorization(.withdrawn(one))),
                ]
            )
            let listed = try await admin.send(.GET, Self.authorizations)
            #expect(listed.items.map { $0["instance"] as? String } == ["kmip-ab"])
            let owner = admin.keyOwner
            func grant(_ roles: String) throws -> String {
                let pem = owner.certificate.pem.replacing("\n", with: "\\n")
                return #"{"roles":\#(roles),"signed":{"statement":"{\"a\":1}","signature":"a..b","#
                    + #""certificatePem":"\#(pem)"}}"#
            }
            let granted = try await admin.send(
                .PUT,
                Self.authorizations + "/kmip-ab",
                json: try grant(#"["viewer"]"#),
                as: owner
            )
            #expect(granted.status == 200 && granted.text.contains(#""allowsService":true"#))
            let signed = SignedStatement(
                statement: Array(#"{"a":1}"#.utf8),
                signature: "a..b",
                certificate: owner.certificate.der
            )
            #expect(
                admin.jobs.received.last?.request
                    == .authorization(
                        .grant(rootKey: "first", instance: "kmip-ab", roles: [.viewer], signed: signed)
                    )
            )
            for roles in ["[]", #"["owner"]"#] {
                let answer = try await admin.send(
                    .PUT,
                    Self.authorizations + "/kmip-ab",
                    json: try grant(roles),
                    as: owner
                )
                #expect(answer.status == 400 && answer.code == "invalid-parameter")
            }
            let withdrawn = try await admin.send(.DELETE, Self.authorizations + "/kmip-ab", as: owner)
            #expect(withdrawn.status == 200)
            admin.jobs.set(\.answers, ["authorization.grant": Self.refusal(.statementNotAccepted)])
            let refused = try await admin.send(
                .PUT,
                Self.authorizations + "/kmip-ab",
                json: try grant(#"["viewer"]"#),
                as: owner
            )
            #expect(refused.status == 403 && refused.code == "statement-not-accepted")
        }
    }

    @Test("What is missing is called by its name")
    func missing() async throws {
        try await AdminFixture.run { admin in
            let path = Self.authorizations + "/kmip-ab"
            #expect(try await admin.send(.DELETE, path, as: admin.keyOwner).code == "root-key-not-found")
            admin.jobs.set(\.answers, ["authorization.list": .success(.authorization(.list([])))])
            #expect(try await admin.send(.DELETE, path, as: admin.keyOwner).code == "instance-not-found")
            admin.jobs.set(
                \.answers,
                [
                    "authorization.list": .success(.authorization(.list([]))),
                    "instance.show": .success(AccessSamples.details(nil)),
                ]
            )
            #expect(try await admin.send(.DELETE, path, as: admin.keyOwner).code == "authorization-not-found")
            let owner = try await admin.send(.POST, "/v1/operators/zz/revoke", as: admin.keyOwner)
            #expect(owner.code == "operator-not-found")
            let identity = try await admin.send(
                .POST,
                "/v1/identities/zz/revoke",
                json: #"{"evenThisFront":true}"#
            )
            #expect(identity.code == "identity-not-found")
        }
    }

    @Test("Operators and identities are listed and revoked; nobody is locked out by accident")
    func identities() async throws {
        try await AdminFixture.run { admin in
            let operators = AccessSamples.operator("eve", 1) + AccessSamples.operator("bob", 2, .revoked)
            let services = AccessSamples.identity("gateway", 3)
            admin.jobs.set(
                \.answers,
                [
                    "operator.list": .success(.registeredOperator(.list(operators))),
                    "operator.revoke": Self.refusal(.wouldLockOut),
                    "identity.list": .success(.identity(.list(services))),
                    "identity.revoke": Self.refusal(.wouldLockOut),
                ]
            )
            let all = try await admin.send(.GET, "/v1/operators")
            #expect(all.items.map { $0["name"] as? String } == ["bob", "eve"])
            #expect(try await admin.send(.GET, "/v1/identities").items.first?["role"] as? String == "gateway")
            let fingerprint = String(repeating: "01", count: 32)
            let revoke = "/v1/operators/\(fingerprint)/revoke"
            let last = try await admin.send(.POST, revoke, as: admin.keyOwner)
            #expect(last.status == 409 && last.code == "would-lock-out")
            let path = "/v1/identities/\(fingerprint)/revoke"
            let own = try await admin.send(.POST, path, json: #"{"evenThisFront":false}"#)
            #expect(own.status == 409 && own.detail?.contains("evenThisFront") == true)
            admin.jobs.set(
                \.answers,
                [
                    "operator.revoke": .success(.registeredOperator(.revoked(operators[1]))),
                    "identity.revoke": .success(.identity(.revoked(services[0]))),
                ]
            )
            #expect(try await admin.send(.POST, revoke, as: admin.keyOwner).json["status"] as? String == "revoked")
            #expect(try await admin.send(.POST, path, json: #"{"evenThisFront":true}"#).status == 200)
        }
    }

    @Test("Operators and services are admitted by what was signed, new or in the place of others")
    func admissions() async throws {
        try await AdminFixture.run { admin in
            let pem = try TestAuthority("services").client("new").certificate.pem
            let der = try Certificate(pem: pem).der
            let lines = pem.replacing("\n", with: #"\n"#)
            let signedJSON = #""signed":{"statement":"{\"a\":1}","signature":"a..b","certificatePem":"\#(lines)"}"#
            let signed = SignedStatement(statement: Array(#"{"a":1}"#.utf8), signature: "a..b", certificate: der)
            let old = try #require(CertificateFingerprint([UInt8](repeating: 9, count: 32)))
            func body(_ more: String) -> String { #"{"name":"new","pem":"\#(lines)",\#(more)\#(signedJSON)}"# }
            let replaces = #""replaces":"\#(old)","#
            let (service, eve) = (AccessSamples.identity("new", 3)[0], AccessSamples.operator("new", 1)[0])
            admin.jobs.set(
                \.answers,
                [
                    "identity.add": .success(.identity(.added(service))),
                    "operator.add": .success(.registeredOperator(.added(eve))),
                ]
            )
            let cases: [(String, String, OperatorJob.Request)] = [
                ("identities", body(""), .identity(.add(name: "new", der: der, signed: signed))),
                ("identities", body(replaces), .identity(.add(name: "new", der: der, replaced: old, signed: signed))),
                (
                    "operators", body(#""roles":["viewer"],"# + replaces),
                    .registeredOperator(
                        .add(name: "new", der: der, roles: [.viewer], replaced: old, signed: signed)
                    )
                ),
            ]
            for (collection, json, expected) in cases {
                let answer = try await admin.send(.POST, "/v1/\(collection)", json: json, as: admin.keyOwner)
                #expect(answer.status == 201 && answer.json["name"] as? String == "new")
                #expect(answer.headers.first(name: "location")?.hasPrefix("/v1/\(collection)/0") == true)
                #expect(admin.jobs.received.last?.request == expected)
            }
            let refusals: [(OperationFailure.Code, Int, String, String)] = [
                (.alreadyExists, 409, "identity-already-registered", "operator-already-registered"),
                (.certificateInvalid, 422, "certificate-not-accepted", "certificate-not-accepted"),
                (.itemNotFound, 404, "identity-not-found", "operator-not-found"),
                (.statementNotAccepted, 403, "statement-not-accepted", "statement-not-accepted"),
                (.operatorNotAuthorized, 403, "operator-not-authorized", "operator-not-authorized"),
            ]
            for (code, status, identity, operatorCode) in refusals {
                admin.jobs.set(\.answers, ["identity.add": Self.refusal(code), "operator.add": Self.refusal(code)])
                let one = try await admin.send(.POST, "/v1/identities", json: body(""), as: admin.keyOwner)
                #expect(one.status == status && one.code == identity)
                let roles = #""roles":["viewer"],"#
                let other = try await admin.send(.POST, "/v1/operators", json: body(roles), as: admin.keyOwner)
                #expect(other.status == status && other.code == operatorCode)
            }
            let bad = try await admin.send(
                .POST,
                "/v1/identities",
                json: body(#""replaces":"zz","#),
                as: admin.keyOwner
            )
            #expect(bad.status == 400 && bad.code == "invalid-parameter")
        }
    }
}
