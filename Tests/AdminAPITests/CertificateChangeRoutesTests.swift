import AdminTestFront
import Cryptography
import Foundation
import KeyModel
import NIOHTTP1
import Testing

@Suite("Client certificates: show, download, replace, pending, admit")
struct CertificateChangeRoutesTests {
    private static let path = "/v1/instances/kmip-ab/certificates"
    private static let pending = "/v1/pending-certificates"

    private func certificate(_ name: String = "vcenter", validity: CertificateValidity? = nil) throws -> Certificate {
        try TestAuthority("anyone").client(name, validity: validity).certificate
    }

    private func json(_ object: [String: Any]) throws -> String {
        String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
    }

    private func add(_ certificate: Certificate, _ admin: AdminFixture, to path: String = path) async throws {
        let body = try json(["name": "vc", "pem": certificate.pem])
        #expect(try await admin.send(.POST, path, json: body).status == 201)
    }

    private func refused(_ certificate: Certificate, attempts: Int = 1) throws -> PendingCertificate {
        PendingCertificate(
            fingerprint: try #require(CertificateFingerprint(certificate.fingerprintSHA256)),
            der: certificate.der,
            address: "192.0.2.7",
            firstSeen: Timestamp(secondsSince1970: 1_790_000_000),
            lastSeen: Timestamp(secondsSince1970: 1_790_000_060),
            attempts: attempts
        )
    }

    @Test("Shows one, with its last use, and gives it as PEM")
    func show() async throws {
        try await AdminFixture.run { admin in
            let certificate = try certificate()
            try await add(certificate, admin)
            let unused = try await admin.send(.GET, "\(Self.path)/vc", as: admin.viewer)
            #expect(unused.status == 200)
            #expect(unused.json["fingerprint"] as? String == certificate.fingerprintText)
            #expect(unused.json["lastSeen"] == nil && unused.json["validUntil"] == nil)
            admin.jobs.set(\.lastSeen, Timestamp(secondsSince1970: 1_790_000_000))
            let used = try await admin.send(.GET, "\(Self.path)/vc")
            #expect(used.json["lastSeen"] as? String == "2026-09-21T14:13:20Z")
            #expect(try await admin.send(.GET, Self.path).items.first?["lastSeen"] != nil)

            let pem = try await admin.send(.GET, "\(Self.path)/vc/pem", as: admin.viewer)
            #expect(pem.headers["Content-Type"] == ["application/pem-certificate-chain"])
            #expect(try Certificate(pem: pem.text) == certificate)
            for path in ["\(Self.path)/none", "\(Self.path)/none/pem", "\(Self.path)/a%20b/pem"] {
                let missing = try await admin.send(.GET, path)
                #expect(missing.status == 404 && missing.code == "certificate-not-found")
            }
        }
    }

    @Test("Replaces one, with an overlap")
    func replace() async throws {
        try await AdminFixture.run { admin in
            let (old, new, third) = (try certificate(), try certificate("new"), try certificate("third"))
            try await add(old, admin)
            let replaced = try await admin.send(.POST, "\(Self.path)/vc/replace", json: try json(["pem": new.pem]))
            #expect(replaced.status == 200)
            let present = replaced.json["certificate"] as? [String: Any]
            let previous = replaced.json["previous"] as? [String: Any]
            #expect(present?["fingerprint"] as? String == new.fingerprintText && present?["name"] as? String == "vc")
            #expect(previous?["name"] as? String == "vc.previous" && previous?["validUntil"] != nil)
            guard case .certificate(.replace(_, _, _, let usual))? = admin.jobs.received.last?.request else {
                Issue.record("another request")
                return
            }
            #expect(usual == 604_800)
            let none = try json(["pem": third.pem, "overlapSeconds": 0])
            let at = try await admin.send(.POST, "\(Self.path)/vc/replace", json: none)
            #expect(at.status == 200 && at.json["previous"] == nil)
        }
    }

    @Test("Replacements that are refused")
    func badReplacements() async throws {
        try await AdminFixture.run { admin in
            let (old, new) = (try certificate(), try certificate("new"))
            try await add(old, admin)
            try await add(new, admin, to: "/v1/instances/kmip-cd/certificates")
            func answer(_ body: [String: Any], name: String = "vc") async throws -> AdminFixture.Answer {
                try await admin.send(.POST, "\(Self.path)/\(name)/replace", json: try json(body))
            }
            let same = try await answer(["pem": old.pem])
            #expect(same.status == 409 && same.code == "certificate-unchanged")
            let elsewhere = try await answer(["pem": new.pem])
            #expect(elsewhere.status == 409 && elsewhere.code == "certificate-already-registered")
            let fresh = try certificate().pem
            let missing = try await answer(["pem": fresh], name: "none")
            #expect(missing.status == 404 && missing.code == "certificate-not-found")
            for overlap in [-1, 7_776_001] {
                let refused = try await answer(["pem": fresh, "overlapSeconds": overlap])
                #expect(refused.status == 400 && refused.code == "malformed-request")
                #expect(refused.detail?.contains("90 days") == true)
            }
            let text = try await answer(["pem": fresh, "overlapSeconds": "7"])
            #expect(text.status == 400 && text.code == "malformed-request")
            #expect(try await answer(["pem": fresh + fresh]).code == "certificate-malformed")
            let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"
            #expect(try await answer(["pem": key]).code == "private-key-submitted")
            let now = TestAuthority.now
            let expired = try certificate(validity: .init(notBefore: now - 7_200, notAfter: now - 3_600))
            let late = try await answer(["pem": expired.pem])
            #expect(late.code == "certificate-not-accepted" && late.detail?.contains("expired on") == true)
            admin.jobs.set(\.answers, ["certificate.replace": .failure(OperationFailure(.previousCertificateInForce))])
            let again = try await answer(["pem": fresh])
            #expect(again.status == 409 && again.code == "previous-certificate-in-force")
            #expect(again.detail?.contains("'vc'") == true)
        }
    }

    @Test("What others change at the same time is no certificate that is there already")
    func conflicts() async throws {
        try await AdminFixture.run { admin in
            let (old, fresh) = (try certificate(), try certificate("new"))
            try await add(old, admin)
            let conflict = Result<OperatorAnswer, OperationFailure>.failure(OperationFailure(.conflict))
            let names = ["certificate.add", "certificate.replace", "certificate.admit"]
            admin.jobs.set(\.answers, Dictionary(uniqueKeysWithValues: names.map { ($0, conflict) }))
            let changes: [(String, [String: String])] = [
                (Self.path, ["name": "vc", "pem": fresh.pem]), ("\(Self.path)/vc/replace", ["pem": fresh.pem]),
                ("\(Self.pending)/\(fresh.fingerprintText)/admit", ["instance": "kmip-ab", "name": "vc"]),
            ]
            for (path, body) in changes {
                let answer = try await admin.send(.POST, path, json: try json(body))
                #expect(answer.status == 409 && answer.code == "conflict", "\(answer.text)")
                #expect(answer.detail?.contains("Try again") == true)
            }
        }
    }

    @Test("Which it is that is there already may be unknown for the moment")
    func unknownPresence() async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(
                \.answers,
                [
                    "certificate.add": .failure(OperationFailure(.alreadyExists)),
                    "certificate.list": .failure(OperationFailure(.storeUnavailable)),
                ]
            )
            let body = try json(["name": "vc", "pem": try certificate().pem])
            let answer = try await admin.send(.POST, Self.path, json: body)
            #expect(answer.status == 409 && answer.code == "certificate-already-registered")
            #expect(answer.detail?.contains("or its name is taken") == true)
        }
    }

    @Test("Lists who was refused, and admits by fingerprint")
    func admit() async throws {
        try await AdminFixture.run { admin in
            let (one, two) = (try certificate("esx-7"), try certificate("esx-8"))
            admin.jobs.set(\.pending, [try refused(one, attempts: 4), try refused(two)])
            let listed = try await admin.send(.GET, Self.pending, as: admin.viewer)
            #expect(listed.status == 200)
            let prints = [one.fingerprintText, two.fingerprintText].sorted()
            #expect(listed.items.map { $0["fingerprint"] as? String } == prints)
            let item = listed.items.first { $0["fingerprint"] as? String == one.fingerprintText }
            #expect(item?["subject"] as? String == "CN=esx-7" && item?["address"] as? String == "192.0.2.7")
            #expect(item?["attempts"] as? Int == 4)
            let page = try await admin.send(.GET, "\(Self.pending)?limit=1")
            #expect(page.items.count == 1 && page.json["nextCursor"] != nil)

            let body = try json(["instance": "kmip-ab", "name": "esx-7"])
            let path = "\(Self.pending)/\(one.fingerprintText)/admit"
            let admitted = try await admin.send(.POST, path, json: body)
            #expect(admitted.status == 201)
            #expect(admitted.headers["Location"] == ["\(Self.path)/esx-7"])
            #expect(admitted.json["fingerprint"] as? String == one.fingerprintText)
            #expect(
                admin.jobs.received.last?.request
                    == .certificate(.admit(try refused(one).fingerprint, instance: "kmip-ab", name: "esx-7"))
            )
            let again = try await admin.send(.POST, path, json: body)
            #expect(again.status == 409 && again.code == "certificate-already-registered")
            let taken = try await admin.send(.POST, "\(Self.pending)/\(two.fingerprintText)/admit", json: body)
            #expect(taken.status == 409 && taken.code == "certificate-name-taken")
        }
    }

    @Test("Admissions that are refused")
    func badAdmissions() async throws {
        try await AdminFixture.run { admin in
            let one = try certificate()
            admin.jobs.set(\.pending, [try refused(one)])
            func answer(_ fingerprint: String, _ body: [String: Any]) async throws -> AdminFixture.Answer {
                try await admin.send(.POST, "\(Self.pending)/\(fingerprint)/admit", json: try json(body))
            }
            let good = ["instance": "kmip-ab", "name": "a"]
            for unknown in [String(repeating: "0", count: 64), "abc", String(repeating: "x", count: 64), "%2e%2e"] {
                let missing = try await answer(unknown, good)
                #expect(missing.status == 404 && missing.code == "certificate-not-pending", "\(unknown)")
            }
            let nowhere = try await answer(one.fingerprintText, ["instance": "kmip-zz", "name": "a"])
            #expect(nowhere.status == 404 && nowhere.code == "instance-not-found")
            let noName = try await answer(one.fingerprintText, ["instance": "../x", "name": "a"])
            #expect(noName.status == 404 && noName.code == "instance-not-found")
            let name = try await answer(one.fingerprintText, ["instance": "kmip-ab", "name": "a b"])
            #expect(name.status == 422 && name.code == "invalid-name")
            let half = try await answer(one.fingerprintText, ["instance": "kmip-ab"])
            #expect(half.status == 400 && half.code == "malformed-request")
        }
    }
}
