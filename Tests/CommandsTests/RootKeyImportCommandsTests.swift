import AdminTestFront
import Cryptography
import Foundation
import KeyModel
import OperatorSignatures
import Testing

@Suite("Commands about root keys of one's own, against an admin front")
struct RootKeyImportCommandsTests {
    private static let wrapped = [UInt8](repeating: 0xA5, count: 384)

    /// As a worker signs it, by a service with that role.
    private func importToken(_ admin: AdminFixture, role: String, publicKey: PublicKey) throws -> SignedStatement {
        let key = try PrivateKey.generate(.p256)
        var template = CertificateTemplate(commonName: role, validity: .days(10, from: TestAuthority.now))
        template.extensions = try ServiceCertificateExtension(role: role, partitions: ["main"]).extensions()
        let certificate = try admin.services.authority.issue(template, to: key.publicKey)
        let content = ImportKeyStatement(partition: "main", tokenSerial: "0123", publicKeyPEM: publicKey.pem)
        let statement = try content.statement(at: TestAuthority.now).encoded()
        let signature = try DetachedSignature(over: statement, key: key, certificate: certificate)
        return SignedStatement(statement: statement, signature: signature.text, certificate: certificate.der)
    }

    @Test("import-token verifies the key, prints it and the commands, and writes it")
    func token() async throws {
        try await OperatorHome.run(as: \.keyOwner) { home, admin in
            let publicKey = try PrivateKey.generate(.rsa2048).publicKey
            let signed = try importToken(admin, role: "worker", publicKey: publicKey)
            admin.jobs.set(\.answers, ["root-key.import-token": .success(.rootKey(.importToken(signed)))])
            let command = ["root-key", "import-token", "--home", home.path]
            let shown = RecordedConsole()
            #expect(await shown.run(command) == 0, "\(shown.errors)")
            #expect(shown.output.hasPrefix("Import key of partition main, in the token with the serial 0123"))
            #expect(shown.output.contains(publicKey.pem))
            let fingerprint = SHA256.hash(publicKey.subjectPublicKeyInfo).map { String(format: "%02x", $0) }.joined()
            #expect(shown.output.contains("fingerprint  \(fingerprint)\n"))
            #expect(shown.output.contains("    openssl rand -out root.key 32\n"))
            #expect(shown.output.contains("-inkey import-key.pem -in root.key -out root.wrapped"))
            let file = home.file("import key.pem")
            let written = RecordedConsole()
            #expect(await written.run(command + ["--out-public-key", file]) == 0, "\(written.errors)")
            #expect(try String(contentsOfFile: file, encoding: .utf8) == publicKey.pem)
            #expect(!written.output.contains("BEGIN") && written.output.contains("-inkey '\(file)'"))
            let again = RecordedConsole()
            #expect(await again.run(command + ["--out-public-key", file]) == 73)
            let json = RecordedConsole()
            #expect(await json.run(command + ["-o", "json"]) == 0)
            let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: String]
            #expect(object?["publicKeyPem"] == publicKey.pem && object?["partition"] == "main")
        }
    }

    @Test("A key that no worker has signed is not shown")
    func forgedToken() async throws {
        try await OperatorHome.run(as: \.keyOwner) { home, admin in
            let publicKey = try PrivateKey.generate(.rsa2048).publicKey
            let command = ["root-key", "import-token", "--home", home.path]
            for role in ["admin", "gateway"] {
                let signed = try importToken(admin, role: role, publicKey: publicKey)
                admin.jobs.set(\.answers, ["root-key.import-token": .success(.rootKey(.importToken(signed)))])
                let console = RecordedConsole()
                let file = home.file("\(role).pem")
                #expect(await console.run(command + ["--out-public-key", file]) == 70)
                #expect(console.output.isEmpty && console.errors.contains("is not to be believed"))
                #expect(!FileManager.default.fileExists(atPath: file))
            }
            // Nor one that a worker of another CA has signed, unless that is the CA that is given.
            let signed = try importToken(admin, role: "worker", publicKey: publicKey)
            admin.jobs.set(\.answers, ["root-key.import-token": .success(.rootKey(.importToken(signed)))])
            try home.write("other-ca.pem", try TestAuthority("other").authority.certificate.pem)
            let other = RecordedConsole()
            #expect(await other.run(command + ["--services-authority", home.file("other-ca.pem")]) == 70)
            let own = RecordedConsole()
            #expect(await own.run(command + ["--services-authority", home.file("server-ca.pem")]) == 0)
        }
    }

    @Test("import and rotate sign what is asked, with the operator's key")
    func importing() async throws {
        try await OperatorHome.run(as: \.keyOwner) { home, admin in
            admin.jobs.set(\.fleet, Samples.fleet())
            let operation = RootKeySample.operation(.running)
            admin.jobs.set(
                \.answers,
                [
                    "root-key.import": .success(.rootKey(.rootKey(RootKeySample.description))),
                    "root-key.import-version": .success(.rootKey(.rotation(operation))),
                ]
            )
            let file = home.file("root.wrapped")
            try Data(Self.wrapped).write(to: URL(fileURLWithPath: file))
            let options = ["--wrapped-key", file, "--home", home.path]
            let imported = RecordedConsole()
            #expect(await imported.run(["root-key", "import", "own"] + options) == 0, "\(imported.errors)")
            #expect(imported.output.hasPrefix("Root key 'first' of partition main is in the HSM: root-1."))
            guard
                case .rootKey(.importKey("own", Self.wrapped, let signed))? = admin.jobs.received.last?.request
            else {
                Issue.record("not asked")
                return
            }
            let hash = SHA256.hash(Self.wrapped).map { String(format: "%02x", $0) }.joined()
            let expected = SignedRequest.importRootKey(partition: "main", name: "own", wrappedKey: hash)
            let statement = try OperatorStatement(decoding: signed.statement)
            #expect(statement.purpose == expected.purpose && statement.subject == expected.subject)
            let certificate = try Certificate(der: signed.certificate)
            try DetachedSignature(parsing: signed.signature).verify(signed.statement, by: certificate)

            let rotated = RecordedConsole()
            #expect(
                await rotated.run(["root-key", "rotate", "first", "--no-wait"] + options) == 0,
                "\(rotated.errors)"
            )
            guard
                case .rootKey(.importVersion("root-1", Self.wrapped, let other))? = admin.jobs.received.last?.request
            else {
                Issue.record("not asked")
                return
            }
            let version = SignedRequest.importRootKeyVersion(
                partition: "main",
                rootKey: .init(name: "first", identifier: "root-1"),
                wrappedKey: hash
            )
            let second = try OperatorStatement(decoding: other.statement)
            #expect(second.purpose == version.purpose && second.subject == version.subject)
        }
    }

    @Test("A file that may be the key itself is sent nowhere")
    func plainKey() async throws {
        try await OperatorHome.run(as: \.keyOwner) { home, admin in
            let file = home.file("root.key")
            let cases: [(Int, Int32, String)] = [
                (32, 65, "has 32 bytes, which is no wrapped root key; it was not sent anywhere"),
                (0, 65, "has 0 bytes"), (255, 65, "has 255 bytes"), (2_000, 65, "is longer than a wrapped root key is"),
            ]
            for (count, code, text) in cases {
                try Data(repeating: 7, count: count).write(to: URL(fileURLWithPath: file))
                for command in [["import", "own"], ["rotate", "first"]] {
                    let console = RecordedConsole()
                    let options = ["--wrapped-key", file, "--home", home.path]
                    #expect(await console.run(["root-key"] + command + options) == code)
                    #expect(console.errors.contains(text), "\(console.errors)")
                }
            }
            let missing = RecordedConsole()
            let options = ["--wrapped-key", home.file("none"), "--home", home.path]
            #expect(await missing.run(["root-key", "import", "own"] + options) == 66)
            let name = RecordedConsole()
            #expect(await name.run(["root-key", "import", "a b"] + options) == 64)
            #expect(admin.jobs.received.isEmpty)
        }
    }

    @Test("A version that stays beyond its time is said to")
    func overdue() async throws {
        let sample = RootKeySample.description
        let key = RootKeyDescription(
            rootKey: sample.rootKey,
            versions: sample.versions,
            instances: sample.instances,
            rotation: nil
        )
        try await OperatorHome.run { home, admin in
            admin.jobs.set(\.answers, ["root-key.show": .success(.rootKey(.rootKey(key)))])
            let console = RecordedConsole()
            #expect(await console.run(["root-key", "show", "first", "--home", home.path]) == 0)
            #expect(
                console.output.hasSuffix(
                    "\nVersion 1 stays beyond its time, for keys are under it: 'keyferry root-key rotate first' moves them."
                )
            )
        }
    }
}
