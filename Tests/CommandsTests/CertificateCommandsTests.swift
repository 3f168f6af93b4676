import AdminTestFront
import Cryptography
import Foundation
import KeyModel
import Testing

@Suite("keyferry certificate, against an admin front")
struct CertificateCommandsTests {
    private func certificate(_ name: String = "vcenter") throws -> Certificate {
        try TestAuthority("anyone").client(name).certificate
    }

    private func options(_ home: OperatorHome) -> [String] { ["-i", "kmip-ab", "--home", home.path] }

    private func run(_ arguments: [String]) async -> (code: Int32, output: String, errors: String) {
        let console = RecordedConsole()
        let code = await console.run(["certificate"] + arguments)
        return (code, console.output, console.errors)
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("show and download")
    func show() async throws {
        try await OperatorHome.run { home, admin in
            let certificate = try certificate()
            try home.write("vcenter.pem", certificate.pem)
            #expect(await run(["add", "vc", home.file("vcenter.pem")] + options(home)).code == 0)
            let unused = await run(["show", "vc"] + options(home))
            #expect(unused.code == 0 && unused.output.contains("last seen    not yet"))
            #expect(unused.output.contains(certificate.fingerprintText))
            admin.jobs.set(\.lastSeen, Timestamp(secondsSince1970: 1_790_000_000))
            #expect(await run(["show", "vc"] + options(home)).output.contains("last seen    2026-09-21 14:13Z"))
            #expect(await run(["list"] + options(home)).output.contains("2026-09-21 14:13Z"))

            let printed = await run(["download", "vc"] + options(home))
            #expect(try printed.code == 0 && Certificate(pem: printed.output) == certificate)
            let out = home.file("out.pem")
            #expect(await run(["download", "vc", "--out", out] + options(home)).code == 0)
            #expect(try Certificate(pem: String(contentsOfFile: out, encoding: .utf8)) == certificate)
            let again = await run(["download", "vc", "--out", out] + options(home))
            #expect(again.code == 73 && again.errors.contains("exists already"))
            let missing = await run(["show", "none"] + options(home))
            #expect(missing.code == 1 && missing.errors.contains("certificate-not-found"))
        }
    }

    @Test("replace, with both valid for a time")
    func replace() async throws {
        try await OperatorHome.run { home, _ in
            let (old, new) = (try certificate(), try certificate("new"))
            try home.write("old.pem", old.pem)
            try home.write("new.pem", new.pem)
            let missing = await run(["replace", "vc", home.file("new.pem")] + options(home))
            #expect(missing.code == 1 && missing.errors.contains("certificate-not-found"))
            #expect(await run(["add", "vc", home.file("old.pem")] + options(home)).code == 0)
            let same = await run(["replace", "vc", home.file("old.pem")] + options(home))
            #expect(same.code == 1 && same.errors.contains("certificate-unchanged"))
            let replaced = await run(["replace", "vc", home.file("new.pem"), "--overlap", "2"] + options(home))
            #expect(replaced.code == 0 && replaced.output.contains(new.fingerprintText))
            #expect(replaced.output.contains("The old one is 'vc.previous' now, and ends "))
            #expect(await run(["list"] + options(home)).output.contains("  1, replaced  "))
            for days in ["-1", "91", "x"] {
                #expect(
                    await run(["replace", "vc", home.file("old.pem"), "--overlap=\(days)"] + options(home)).code == 64
                )
            }
            let key = await run(["replace", "vc", home.file("operator.key")] + options(home))
            #expect(key.code == 65 && key.errors.contains("holds a private key; it was not sent anywhere"))
        }
    }

    @Test("pending and admit")
    func admit() async throws {
        try await OperatorHome.run { home, admin in
            let none = await run(["pending", "--home", home.path])
            #expect(none.code == 0 && none.output == "No client was refused that could be admitted.")
            let certificate = try certificate("esx-7")
            let fingerprint = try #require(CertificateFingerprint(certificate.fingerprintSHA256))
            let time = Timestamp(secondsSince1970: 1_790_000_000)
            admin.jobs.set(
                \.pending,
                [
                    PendingCertificate(
                        fingerprint: fingerprint,
                        der: certificate.der,
                        address: "192.0.2.7\u{1B}[2J",
                        firstSeen: time,
                        lastSeen: time,
                        attempts: 4
                    )
                ]
            )
            let listed = await run(["pending", "--home", home.path])
            let row = try #require(listed.output.split(separator: "\n").last)
            #expect(row.hasPrefix("2026-09-21 14:13Z  4      192.0.2.7?[2J  CN=esx-7  P-256"))
            #expect(row.hasSuffix(certificate.fingerprintText))

            let unknown = await run(["admit", String(repeating: "0", count: 64), "a"] + options(home))
            #expect(unknown.code == 1 && unknown.errors.contains("certificate-not-pending"))
            #expect(await run(["admit", "abc", "a"] + options(home)).code == 64)
            // As vCenter and openssl write it.
            let digits = Array(certificate.fingerprintText.uppercased())
            let colons = stride(from: 0, to: 64, by: 2).map { String(digits[$0..<($0 + 2)]) }.joined(separator: ":")
            let admitted = await run(["admit", colons, "esx-7"] + options(home))
            #expect(admitted.code == 0 && admitted.output.contains("Registered 'esx-7' with kmip-ab"))
            let again = await run(["admit", certificate.fingerprintText, "b"] + options(home))
            #expect(again.code == 1 && again.errors.contains("'esx-7'"))
        }
    }

    @Test("issue: certificate and key, which its owner alone can read")
    func issue() async throws {
        try await OperatorHome.run { home, _ in
            let files = ["--out-certificate", home.file("c.pem"), "--out-key", home.file("c.key")]
            let issued = await run(["issue", "vc", "--days", "30"] + files + options(home))
            #expect(issued.code == 0, "\(issued.errors)")
            let certificate = try Certificate(pem: String(contentsOfFile: home.file("c.pem"), encoding: .utf8))
            let key = try PrivateKey(pemFile: home.file("c.key"))
            #expect(certificate.publicKey == key.publicKey && certificate.keyDescription == "RSA-2048")
            #expect(certificate.subject == "CN=vc" && certificate.issuer == "CN=vc")
            #expect(!certificate.isCertificateAuthority && certificate.extension(oid: "2.5.29.37") == nil)
            #expect(certificate.notAfter - certificate.notBefore == 30 * 86_400 + 300)
            #expect(try mode(home.file("c.key")) == 0o600)
            #expect(issued.output.contains(certificate.fingerprintText))
            #expect(await run(["list"] + options(home)).output.contains(certificate.fingerprintText))
            // Nothing is overwritten.
            let again = await run(["issue", "vc2"] + files + options(home))
            #expect(again.code == 73 && again.errors.contains("exists already"))
            #expect(try PrivateKey(pemFile: home.file("c.key")).publicKey == key.publicKey)
            // What the server refuses leaves nothing.
            let taken = ["--out-certificate", home.file("d.pem"), "--out-key", home.file("d.key")]
            let refused = await run(["issue", "vc"] + taken + options(home))
            #expect(refused.code == 1 && refused.errors.contains("certificate-name-taken"))
            for file in ["d.pem", "d.key"] { #expect(!FileManager.default.fileExists(atPath: home.file(file))) }
            let oneFile = ["--out-certificate", home.file("e"), "--out-key", home.file("e")]
            #expect(await run(["issue", "e"] + oneFile + options(home)).code == 64)
        }
    }

    @Test("sign: the CA is made once, the request's subject and key are kept")
    func sign() async throws {
        try await OperatorHome.run { home, _ in
            let key = try PrivateKey.generate(.rsa2048)
            let request = try CertificateRequest.create(commonName: "kmip client vc", key: key)
            try home.write("vc.csr", request.pem)
            func sign(_ name: String) async -> (code: Int32, output: String, errors: String) {
                await run(
                    ["sign", home.file("vc.csr"), "--name", name, "--out-certificate", home.file("\(name).pem")]
                        + options(home)
                )
            }
            let signed = await sign("vc")
            #expect(signed.code == 0, "\(signed.errors)")
            #expect(signed.errors.contains("Made a CA for client certificates"))
            #expect(try mode(home.file("authorities/clients.key")) == 0o600)
            let authority = try Certificate(
                pem: String(contentsOfFile: home.file("authorities/clients.pem"), encoding: .utf8)
            )
            let certificate = try Certificate(pem: String(contentsOfFile: home.file("vc.pem"), encoding: .utf8))
            #expect(certificate.isIssued(by: authority) && certificate.publicKey == key.publicKey)
            #expect(certificate.subject == "CN=kmip client vc" && !certificate.isCertificateAuthority)
            #expect(certificate.extension(oid: "2.5.29.37") == nil)
            #expect(await run(["list"] + options(home)).output.contains(certificate.fingerprintText))
            let second = await sign("vc2")
            #expect(second.code == 0 && second.errors.isEmpty)
            let other = try Certificate(pem: String(contentsOfFile: home.file("vc2.pem"), encoding: .utf8))
            #expect(other.isIssued(by: authority) && other != certificate)
            try FileManager.default.removeItem(atPath: home.file("authorities/clients.key"))
            let half = await sign("vc3")
            #expect(half.code == 66 && half.errors.contains("only"))
            #expect(!FileManager.default.fileExists(atPath: home.file("vc3.pem")))
        }
    }

    @Test("Requests that are not signed")
    func badRequests() async throws {
        try await OperatorHome.run { home, admin in
            let request = try CertificateRequest.create(commonName: "vc", key: PrivateKey.generate(.p256))
            var altered = request.der
            altered[altered.count - 1] ^= 1
            let base64 = Data(altered).base64EncodedString()
            let forged = "-----BEGIN CERTIFICATE REQUEST-----\n\(base64)\n-----END CERTIFICATE REQUEST-----\n"
            let key = try String(contentsOfFile: home.file("operator.key"), encoding: .utf8)
            let cases: [(String, String)] = [
                ("", "no certificate request"), ("hello", "no certificate request"),
                (try certificate().pem, "no certificate request"), (forged, "its own key has not signed"),
                (request.pem + "more", "beside the request"), (key, "holds a private key"),
                (WeakRequests.rsa1024, "not taken: RSA-1024"), (WeakRequests.p384, "not taken: P-384"),
            ]
            for (text, expected) in cases {
                try home.write("bad.csr", text)
                let answer = await run(
                    ["sign", home.file("bad.csr"), "-n", "vc", "--out-certificate", home.file("vc.pem")]
                        + options(home)
                )
                #expect(answer.code == 65 && answer.errors.contains(expected), "\(answer.errors)")
            }
            #expect(!FileManager.default.fileExists(atPath: home.file("vc.pem")))
            #expect(!FileManager.default.fileExists(atPath: home.file("authorities")))
            #expect(admin.jobs.received.isEmpty)
        }
    }
}
