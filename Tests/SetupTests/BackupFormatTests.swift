import Cryptography
import Foundation
import KeyModel
import TestServices
import Testing

@testable import Setup

@Suite struct BackupFormatTests {
    private let temporary: TemporaryFolder
    private let recovery: PrivateKey

    init() throws {
        temporary = try TemporaryFolder(prefix: "kf-backup")
        recovery = try .generate(.p256)
    }

    private static func manifest(_ name: String = "first") -> BackupManifest {
        var authority = Authority(generation: 7)
        let time = Timestamp(secondsSince1970: 1_790_000_000)
        let identifier = RootKeyIdentifier("11111111-2222-3333-4444-555555555555")
        if let partition = PartitionName("main") {
            authority.rootKeys = [
                RootKey(identifier: identifier, name: name, partition: partition, status: .active, created: time)
            ]
        }
        authority.rootKeyVersions = [(2, .current), (1, .retired), (3, .destroyed)].map { number, status in
            RootKeyVersion(
                rootKey: identifier,
                version: number,
                status: status,
                tokenKeyID: [UInt8](repeating: UInt8(number), count: 16),
                canary: [],
                created: time
            )
        }
        return BackupManifest(
            authority,
            partition: "main",
            recordMACKey: [UInt8](repeating: 9, count: 16),
            state: nil,
            tokenSerial: "0123456789abcdef",
            created: time.secondsSince1970
        )
    }

    @discardableResult
    private func write(_ files: [(String, [UInt8])], to name: String = "backup") throws -> String {
        let path = temporary.file(name)
        let writer = try BackupWriter(path: path, manifest: Self.manifest(), recipient: recovery.publicKey)
        for (name, content) in files { try writer.add(#require(ArchivePath(name)), content: content) }
        try writer.finish()
        return path
    }

    private func read(_ path: String, key: PrivateKey? = nil) throws -> [String: [UInt8]] {
        let reader = try BackupReader(path: path)
        try reader.unlock(with: key ?? recovery)
        let collector = EntryCollector()
        try reader.readEntries(for: collector)
        return collector.files
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private func isRefused(_ bytes: [UInt8]) throws -> Bool {
        let path = temporary.file("altered")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        do {
            _ = try read(path)
            return false
        } catch let error as SetupError {
            return [.backupDamaged, .notABackup, .backupVersionUnknown].contains(error.code)
        }
    }

    /// Around the borders of chunks: with these names and lengths the content ends before, at and behind one.
    @Test(arguments: [0, 1, 65_470, 65_490, 65_495, 65_496, 65_497, 65_536, 131_072, 200_000])
    func whatIsWrittenIsRead(length: Int) throws {
        let content = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let files = [("store/keyferry.sqlite", content), ("worker.yaml", Array("a: b\n".utf8))]
        let path = try write(files)
        #expect(try read(path) == Dictionary(uniqueKeysWithValues: files))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == ["backup"])
    }

    /// The layout that docs/backup.md states, with no help of the code that writes it but the primitives.
    @Test func theFormatIsAsDocumented() throws {
        let content = Array("a: b\n".utf8)
        let file = try bytes(write([("worker.yaml", content)]))
        #expect(Array(file[..<8]) == Array("KFBACKUP".utf8))
        #expect(Array(file[8..<10]) == [0x00, 0x01])
        let length = file[10..<14].reduce(0) { $0 << 8 | Int($1) }
        let manifest = String(decoding: file[14..<(14 + length)], as: UTF8.self)
        let documented = """
            {"created":1790000000,"generation":7,"partition":"main",\
            "recordMACKey":"09090909090909090909090909090909","rootKeys":[{"identifier":\
            "11111111-2222-3333-4444-555555555555","name":"first","versions":[{"keyID":\
            "01010101010101010101010101010101","status":"retired","version":1},{"keyID":\
            "02020202020202020202020202020202","status":"current","version":2}]}],\
            "tokenSerial":"0123456789abcdef"}
            """
        #expect(manifest == documented)
        let head = 14 + length
        #expect(Array(file[head..<(head + 32)]) == SHA256.hash(recovery.publicKey.subjectPublicKeyInfo))
        let point = Array(file[(head + 32)..<(head + 97)])
        let digest = Array(file[(head + 97)..<(head + 129)])
        #expect(digest == SHA256.hash(Array(file[..<(head + 97)])))
        let shared = try recovery.sharedSecret(with: PublicKey(p256Point: point))
        let random = try HKDFSHA256.extract(salt: digest, secret: shared)
        let key = try HKDFSHA256.expand(key: random, info: Array("keyferry backup v1".utf8), count: 32)
        let opened = try AES256GCM.open(
            Array(file[(head + 129)...]),
            key: key,
            nonce: [0, 0, 0, 0, 0, 0, 0, /* number */ 0, 0, 0, 0, /* last */ 1],
            associatedData: digest
        )
        var expected: [UInt8] = [0x01, 0x00, 0x0B]
        expected += Array("worker.yaml".utf8)
        expected += [0, 0, 0, 0, 0, 0, 0, 5]
        expected += content
        expected += [0x00, 0x00, 0x00, 0x00, 0x01]
        #expect(opened == expected)
    }

    @Test func aFileCutShortIsRefusedWherever() throws {
        let whole = try bytes(write([("store/keyferry.sqlite", [UInt8](repeating: 7, count: 150_000))]))
        let head = whole.count - (150_000 + 3 + 21 + 8 + 5) - 3 * 16
        let chunks: [Int] = (0...2).map { head + $0 * (65_536 + 16) }
        let borders: [Int] = [0, 8, 10, 14, head - 32, whole.count] + chunks
        var places = Set(stride(from: 0, to: whole.count, by: 997))
        for border in borders { places.formUnion([border - 1, border, border + 1]) }
        for place in places where (0..<whole.count).contains(place) {
            #expect(try isRefused(Array(whole[..<place])), "cut at \(place) of \(whole.count)")
        }
        #expect(try isRefused(whole + [0]))
        #expect(try !isRefused(whole))
    }

    @Test func oneBitFlippedAnywhereIsRefused() throws {
        let whole = try bytes(write([("store/keyferry.sqlite", [UInt8](repeating: 7, count: 70_000))]))
        var places = Set(0..<900)
        places.formUnion(stride(from: 900, to: whole.count, by: 1_009))
        places.formUnion((whole.count - 40)..<whole.count)
        for place in places {
            var altered = whole
            altered[place] ^= 1 << UInt8(place % 8)
            #expect(try isRefused(altered), "bit \(place % 8) of byte \(place)")
        }
    }

    @Test func chunksHaveTheirPlace() throws {
        let one = try bytes(write([("store/keyferry.sqlite", [UInt8](repeating: 7, count: 200_000))], to: "one"))
        let other = try bytes(write([("store/keyferry.sqlite", [UInt8](repeating: 7, count: 200_000))], to: "other"))
        let sealed = 65_536 + 16
        let head = one.count - (200_000 + 3 + 21 + 8 + 5) - 4 * 16
        func arranged(_ chunks: [(of: [UInt8], number: Int)]) -> [UInt8] {
            chunks.reduce(into: Array(one[..<head])) { file, chunk in
                let start = head + chunk.number * sealed
                file += chunk.of[start..<min(chunk.of.count, start + sealed)]
            }
        }
        #expect(try !isRefused(arranged([(one, 0), (one, 1), (one, 2), (one, 3)])))
        // Exchanged, repeated, left out, the last one missing, and one of another backup.
        #expect(try isRefused(arranged([(one, 1), (one, 0), (one, 2), (one, 3)])))
        #expect(try isRefused(arranged([(one, 0), (one, 0), (one, 2), (one, 3)])))
        #expect(try isRefused(arranged([(one, 0), (one, 2), (one, 3)])))
        #expect(try isRefused(arranged([(one, 0), (one, 1), (one, 2)])))
        #expect(try isRefused(arranged([(one, 0), (other, 1), (one, 2), (one, 3)])))
    }

    @Test func anotherKeyAndAnotherFormatAreSaid() throws {
        let path = try write([("worker.yaml", [1])])
        let other = try PrivateKey.generate(.p256)
        #expect(throws: SetupError(.wrongRecoveryKey, "")) { _ = try read(path, key: other) }
        var newer = try bytes(path)
        newer[9] = 2
        try Data(newer).write(to: URL(fileURLWithPath: temporary.file("newer")))
        #expect(throws: SetupError(.backupVersionUnknown, "")) { _ = try BackupReader(path: temporary.file("newer")) }
        for text in ["", "KFBACK", "-----BEGIN CERTIFICATE-----\nMIIB\n"] {
            let path = try temporary.write(text, to: "text")
            #expect(throws: SetupError(.notABackup, "")) { _ = try BackupReader(path: path) }
        }
        #expect(throws: SetupError(.fileUnusable, "")) { _ = try BackupReader(path: temporary.file("nothing")) }
        #expect(throws: SetupError(.fileUnusable, "")) { _ = try BackupReader(path: temporary.path) }
    }

    @Test func aFileThatIsThereIsLeftAlone() throws {
        let path = try temporary.write("precious", to: "backup")
        #expect(throws: CryptographyError(code: .fileExists, operation: "")) {
            try write([("worker.yaml", [1])])
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == ["backup"])
    }

    /// What a writer that is not ours could put into a backup, with the right key.
    @Test func entriesHaveTheirPlaces() throws {
        for good in [
            "worker.yaml", "broker.credentials", "backup-key.pem", "identities/gateway.key", "profiles/site-2.yaml",
            "store/keyferry.sqlite",
        ] {
            #expect(ArchivePath(good) != nil, "\(good)")
        }
        for bad in [
            "", "/", "/etc/passwd.pem", "../worker.yaml", "identities/../../x.pem", "identities/..", "..",
            ".hidden.pem",
            "identities/.x.pem", "identities//x.pem", "identities/a/b.pem", "token/pin", "token/pin.pem", "log/a.yaml",
            "store/other.sqlite", "store/keyferry.sqlite/x.pem", "worker.yaml/", "worker.sh", "a b.pem", "ä.pem",
            "worker.yaml\0", "identities/x.pem.next", String(repeating: "a", count: 200) + ".pem",
        ] {
            #expect(ArchivePath(bad) == nil, "\(bad)")
        }
    }

    @Test func aFileTwiceIsRefused() throws {
        let path = try write([("worker.yaml", [1]), ("worker.yaml", [2])])
        #expect(throws: SetupError(.backupDamaged, "")) { _ = try read(path) }
    }

    @Test func manifestsHaveOneEncodingAndNothingForTerminals() throws {
        let encoded = try Self.manifest().encoded()
        #expect(try BackupManifest(decoding: encoded) == Self.manifest())
        for bad in [
            encoded + [UInt8(ascii: " ")], Array(encoded.dropLast()), Array("{}".utf8), Array("[]".utf8), [],
            Array(String(decoding: encoded, as: UTF8.self).replacing("first", with: "\\u001b[2J").utf8),
            Array(String(decoding: encoded, as: UTF8.self).replacing("first", with: "\u{202E}").utf8),
        ] {
            #expect(throws: SetupError(.backupDamaged, "")) { _ = try BackupManifest(decoding: bad) }
        }
        #expect(Self.manifest("a\u{1B}[2J\nb").rootKeys.map(\.name) == ["a?[2J?b"])
    }

    @Test func recoveryKeysAreMadeOnceAndRead() throws {
        let path = temporary.file("recovery.key")
        #expect(try RecoveryKey.make(privateFile: path, home: nil) == [path + ".pub"])
        let key = try RecoveryKey.privateKey(in: path)
        #expect(try RecoveryKey.publicKey(in: path + ".pub") == key.publicKey)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(throws: SetupError(.fileExists, "")) { _ = try RecoveryKey.make(privateFile: path, home: nil) }
        #expect(try RecoveryKey.privateKey(in: path).publicKey == key.publicKey)
        // The halves are not taken for each other.
        #expect(throws: SetupError(.wrongRecoveryKey, "")) { _ = try RecoveryKey.publicKey(in: path) }
        #expect(throws: SetupError(.wrongRecoveryKey, "")) { _ = try RecoveryKey.privateKey(in: path + ".pub") }
    }

    @Test func theModuleOfAnotherMachineIsNamed() throws {
        let text = "hsm:\n  module: /usr/lib/a.so\n  tokenLabel: keyferry\n"
        #expect(
            try RestoredConfiguration.naming(module: "/opt/it's.so", in: text)
                == "hsm:\n  module: '/opt/it''s.so'\n  tokenLabel: keyferry\n"
        )
        #expect(throws: SetupError(.backupDamaged, "")) {
            _ = try RestoredConfiguration.naming(module: "/a", in: "hsm:\n")
        }
    }
}

/// Keeps every entry that is whole.
private final class EntryCollector: BackupVisitor {
    private(set) var files: [String: [UInt8]] = [:]
    private var current: [UInt8] = []

    func begin(_ path: ArchivePath, count: UInt64) { current = [] }
    func take(_ content: UnsafeRawBufferPointer) { current += content }
    func end(_ path: ArchivePath) { files[path.text] = current }
}
