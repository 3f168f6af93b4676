import Cryptography
import Foundation
import KMIP
import KMIPFraming
import TTLV
import Testing

@Suite("KMIP commands, against a KMIP server")
struct KMIPCommandsTests {
    private static let keyBytes: [UInt8] = Array(0xA0...0xBF)
    private static let keyText = "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"

    private func peerWithKey() throws -> KMIPPeer {
        let material = try Self.keyBytes.withUnsafeBytes { bytes throws(CryptographyError) in
            SecretBox(try SecretBytes(copying: bytes))
        }
        let block = KeyBlock(format: .raw, value: KeyValue(.bytes(material)), algorithm: .aes, length: 256)
        let answer = GetResponse(uniqueIdentifier: "id-1", object: .symmetricKey(block))
        return KMIPPeer(answering: .success(.get(answer), identifier: nil))
    }

    @Test("get shows no key unless it is told to")
    func get() async throws {
        try await peerWithKey().run { options, _ in
            for format in ["table", "json"] {
                let console = RecordedConsole()
                #expect(await console.run(["kmip", "get", "id-1", "-o", format] + options) == 0)
                #expect(console.output.contains("id-1"))
                #expect(console.output.contains("AES"))
                #expect(!console.output.contains("a0a1"))
                #expect(console.secrets.isEmpty)
            }
        }
    }

    @Test("get --reveal prints the key, and nothing else")
    func reveal() async throws {
        try await peerWithKey().run { options, _ in
            let console = RecordedConsole()
            #expect(await console.run(["kmip", "get", "id-1", "--reveal"] + options) == 0)
            #expect(console.secrets == [Array("\(Self.keyText)\n".utf8)])
            #expect(console.output.isEmpty)
        }
    }

    @Test("get --key-file writes it to a new file for its owner; register reads it from there")
    func keyFile() async throws {
        try await peerWithKey().run { options, folder in
            let file = folder.appending(path: "key").path
            let console = RecordedConsole()
            #expect(await console.run(["kmip", "get", "id-1", "--key-file", file] + options) == 0)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "\(Self.keyText)\n")
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(!console.output.contains("a0a1"))

            let again = RecordedConsole()
            #expect(await again.run(["kmip", "get", "id-1", "--key-file", file] + options) == 73)
            #expect(again.errors.contains("exists already"))

            let peer = KMIPPeer(
                answering: .success(.register(RegisterResponse(uniqueIdentifier: "id-2")), identifier: nil)
            )
            try await peer.run { options, _ in
                let register = RecordedConsole()
                #expect(await register.run(["kmip", "register", file, "--name", "n"] + options) == 0)
                #expect(register.output == "id-2")
            }
            guard case .register(let request) = peer.received.first, case .symmetricKey(let block) = request.object,
                case .bytes(let secret) = block.value?.material
            else {
                Issue.record("No key was registered")
                return
            }
            #expect(secret.withUnsafeBytes { Array($0) } == Self.keyBytes)
            #expect(block.length == 256)
        }
    }

    @Test("A key file that is no key, or is open to others")
    func badKeyFile() async throws {
        try await peerWithKey().run { options, folder in
            let file = folder.appending(path: "key").path
            try Data("not a key".utf8).write(to: URL(filePath: file))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            let malformed = RecordedConsole()
            #expect(await malformed.run(["kmip", "register", file] + options) == 65)
            #expect(!malformed.errors.contains("not a key"))
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
            let open = RecordedConsole()
            #expect(await open.run(["kmip", "register", file] + options) == 66)
            #expect(open.errors.contains("chmod 600"))
        }
    }

    @Test("create asks for what the options say")
    func create() async throws {
        let answer = CreateResponse(objectType: .symmetricKey, uniqueIdentifier: "id-3")
        let peer = KMIPPeer(answering: .success(.create(answer), identifier: nil))
        try await peer.run { options, _ in
            let console = RecordedConsole()
            let code = await console.run(
                ["kmip", "create", "--length", "128", "--name", "vm key", "--attribute", "x-Host=esx-1"] + options
            )
            #expect(code == 0)
            #expect(console.output == "id-3")
        }
        guard case .create(let request) = peer.received.first else {
            Issue.record("No Create was received")
            return
        }
        let attributes = request.template.attributes
        #expect(attributes.contains(Attribute(.cryptographicLength, .integer(128))))
        #expect(attributes.contains(Attribute(.name, ObjectName("vm key").attributeValue)))
        #expect(attributes.contains(Attribute(AttributeName("x-Host"), .text("esx-1"))))
    }

    @Test("attributes in the standard's words")
    func attributes() async throws {
        let answer = GetAttributesResponse(
            uniqueIdentifier: "id-1",
            attributes: [
                Attribute(.state, .enumeration(ObjectState.active.rawValue)),
                Attribute(.name, ObjectName("vm key").attributeValue),
                Attribute(.cryptographicUsageMask, .integer(12)),
                Attribute(.initialDate, .dateTime(1_700_000_000)),
                Attribute(AttributeName("x-Note"), .text("a\u{1B}[2Jb")),
            ]
        )
        let peer = KMIPPeer(answering: .success(.getAttributes(answer), identifier: nil))
        try await peer.run { options, _ in
            let console = RecordedConsole()
            #expect(await console.run(["kmip", "attributes", "id-1"] + options) == 0)
            #expect(
                console.output == """
                    ATTRIBUTE                 INDEX  VALUE
                    State                     0      Active
                    Name                      0      vm key
                    Cryptographic Usage Mask  0      Encrypt, Decrypt
                    Initial Date              0      2023-11-14T22:13:20Z
                    x-Note                    0      a?[2Jb
                    """
            )
        }
    }

    @Test("A refusal has the server's reason")
    func refusal() async throws {
        let peer = KMIPPeer(
            answering: .failure(operation: .activate, identifier: nil, reason: .itemNotFound, message: "no such object")
        )
        try await peer.run { options, _ in
            let console = RecordedConsole()
            #expect(await console.run(["kmip", "activate", "id-9"] + options) == 1)
            #expect(console.errors.contains("Item Not Found: no such object"))
        }
    }

    @Test("A server of another fingerprint is not spoken to")
    func fingerprint() async throws {
        let peer = try peerWithKey()
        try await peer.run { options, _ in
            var options = options
            let index = try #require(options.firstIndex(of: "--server-fingerprint")) + 1
            let expected = options[index]
            options[index] = String(repeating: "00", count: 32)
            let console = RecordedConsole()
            #expect(await console.run(["kmip", "get", "id-1", "--reveal"] + options) == 77)
            // What was found is shown, for comparison.
            #expect(console.errors.contains(expected))
            #expect(console.secrets.isEmpty)
        }
        #expect(peer.received.isEmpty)
    }
}
