import AdminTestFront
import Cryptography
import Foundation
import KeyModel
import NIOHTTP1
import Testing

@Suite("/v1/instances/{name}/certificates")
struct CertificateRoutesTests {
    private static let path = "/v1/instances/kmip-ab/certificates"

    private func body(_ name: String, _ pem: String) throws -> String {
        String(decoding: try JSONEncoder().encode(["name": name, "pem": pem]), as: UTF8.self)
    }

    private func certificate(_ name: String = "vcenter", validity: CertificateValidity? = nil) throws -> Certificate {
        try TestAuthority("anyone").client(name, validity: validity).certificate
    }

    @Test("Adds, lists and removes")
    func lifecycle() async throws {
        try await AdminFixture.run { admin in
            let certificate = try certificate()
            let added = try await admin.send(.POST, Self.path, json: try body("vcenter-1", certificate.pem))
            #expect(added.status == 201)
            #expect(added.headers["Location"] == ["\(Self.path)/vcenter-1"])
            #expect(added.json["fingerprint"] as? String == certificate.fingerprintText)
            #expect(added.json["subject"] as? String == "CN=vcenter")
            #expect(added.json["issuer"] as? String == "CN=anyone")
            #expect(added.json["key"] as? String == "P-256")
            #expect(
                admin.jobs.received.last?.request
                    == .certificate(.add(instance: "kmip-ab", name: "vcenter-1", der: certificate.der))
            )

            let listed = try await admin.send(.GET, Self.path)
            #expect(listed.items.map { $0["name"] as? String } == ["vcenter-1"])

            let removed = try await admin.send(.DELETE, "\(Self.path)/vcenter-1")
            #expect(removed.status == 200)
            #expect(removed.json["fingerprint"] as? String == certificate.fingerprintText)
            #expect(try await admin.send(.GET, Self.path).items.isEmpty)
        }
    }

    @Test("What is not there")
    func missing() async throws {
        try await AdminFixture.run { admin in
            for name in ["kmip-zz", "%2e%2e", "a%20b"] {
                let listed = try await admin.send(.GET, "/v1/instances/\(name)/certificates")
                #expect(listed.status == 404)
                #expect(listed.code == "instance-not-found")
            }
            let pem = try certificate().pem
            let added = try await admin.send(.POST, "/v1/instances/kmip-zz/certificates", json: try body("a", pem))
            #expect(added.code == "instance-not-found")
            #expect(added.detail == "There is no instance 'kmip-zz'.")
            let removed = try await admin.send(.DELETE, "\(Self.path)/none")
            #expect(removed.status == 404)
            #expect(removed.code == "certificate-not-found")
        }
    }

    @Test("A name or a certificate that is there already")
    func duplicates() async throws {
        try await AdminFixture.run { admin in
            let first = try certificate()
            _ = try await admin.send(.POST, Self.path, json: try body("one", first.pem))

            let sameName = try await admin.send(.POST, Self.path, json: try body("one", try certificate().pem))
            #expect(sameName.status == 409)
            #expect(sameName.code == "certificate-name-taken")

            let sameCertificate = try await admin.send(.POST, Self.path, json: try body("two", first.pem))
            #expect(sameCertificate.status == 409)
            #expect(sameCertificate.code == "certificate-already-registered")
            #expect(sameCertificate.detail?.contains("'one'") == true)

            let elsewhere = try await admin.send(
                .POST,
                "/v1/instances/kmip-cd/certificates",
                json: try body("one", first.pem)
            )
            #expect(elsewhere.status == 409)
            #expect(elsewhere.code == "certificate-already-registered")
            #expect(elsewhere.detail?.contains("kmip-ab") == false)
        }
    }

    @Test("What is not one certificate")
    func malformed() async throws {
        let pem = try certificate().pem
        let cases: [(String, String)] = [
            ("", "BEGIN CERTIFICATE"),
            ("hello", "BEGIN CERTIFICATE"),
            (pem + pem, "more than one"),
            (pem + "and more", "beside"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "can't be read"),
        ]
        try await AdminFixture.run { admin in
            for (text, expected) in cases {
                let answer = try await admin.send(.POST, Self.path, json: try body("one", text))
                #expect(answer.status == 422)
                #expect(answer.code == "certificate-malformed")
                #expect(answer.detail?.contains(expected) == true, "\(answer.text)")
            }
            #expect(admin.jobs.received.isEmpty)
        }
    }

    @Test("A private key pasted by mistake is refused and appears nowhere")
    func privateKey() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "key-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try PrivateKey.generate(.p256).write(toPEMFile: folder.path)
        let pem = try String(contentsOf: folder, encoding: .utf8)
        let secret = try #require(pem.split(separator: "\n").dropFirst().first)
        try await AdminFixture.run { admin in
            for text in [pem, try certificate().pem + pem] {
                let answer = try await admin.send(.POST, Self.path, json: try body("one", text))
                #expect(answer.status == 422)
                #expect(answer.code == "private-key-submitted")
                #expect(!answer.text.contains(secret))
            }
            #expect(admin.jobs.received.isEmpty)
            #expect(!admin.log.all.contains { $0.contains(secret) })
        }
    }

    @Test("A certificate out of its dates")
    func outOfDates() async throws {
        let now = TestAuthority.now
        let expired = CertificateValidity(notBefore: now - 7_200, notAfter: now - 3_600)
        let future = CertificateValidity(notBefore: now + 3_600, notAfter: now + 7_200)
        try await AdminFixture.run { admin in
            for (validity, expected) in [(expired, "expired on"), (future, "not valid before")] {
                let pem = try certificate(validity: validity).pem
                let answer = try await admin.send(.POST, Self.path, json: try body("one", pem))
                #expect(answer.status == 422)
                #expect(answer.code == "certificate-not-accepted")
                #expect(answer.detail?.contains(expected) == true)
            }
        }
    }

    @Test("Names that break the rule", arguments: ["", "a b", "../x", String(repeating: "n", count: 65)])
    func invalidName(name: String) async throws {
        try await AdminFixture.run { admin in
            let answer = try await admin.send(.POST, Self.path, json: try body(name, try certificate().pem))
            #expect(answer.status == 422)
            #expect(answer.code == "invalid-name")
        }
    }
}
