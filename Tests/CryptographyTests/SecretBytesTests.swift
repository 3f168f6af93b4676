import Cryptography
import Glibc
import Testing

@Suite("Secrets in memory and in files")
struct SecretBytesTests {
    @Test("a new secret is zero, a copy is its own, an empty one is allowed")
    func makesAndCopies() throws {
        var original = try SecretBytes(count: 40)
        #expect(contents(of: original) == [UInt8](repeating: 0, count: 40))
        let copy = try original.copy()
        original.withUnsafeMutableBytes { $0[3] = 7 }
        let isEqual = copy.isEqual(to: original)
        #expect(!isEqual)
        let part = try original.copy(2..<5)
        #expect(contents(of: part) == [0, 7, 0])
        let code = failure { _ = try original.copy(39..<41) }
        #expect(code == .invalidLength)
        let empty = try SecretBytes.random(count: 0)
        let emptyCount = empty.count
        #expect(emptyCount == 0)
    }

    @Test("random secrets are filled and differ")
    func randomDiffers() throws {
        let left = try SecretBytes.random(count: 32)
        let right = try SecretBytes.random(count: 32)
        let isEqual = left.isEqual(to: right)
        #expect(!isEqual)
        #expect(contents(of: left) != [UInt8](repeating: 0, count: 32))
    }

    /// The arena stays mapped, so the place where a secret was can be looked at. Other tests may use it by then, and the
    /// allocator links free blocks through their first bytes; but the pattern can't come back.
    @Test("the bytes are gone once the secret is freed or shortened")
    func wipes() throws {
        let count = 32 << 10
        let pattern = [UInt8](repeating: 0xA5, count: 64)
        func remains(at place: Int) -> Bool {
            guard let pointer = UnsafeRawPointer(bitPattern: place) else { return true }
            return UnsafeRawBufferPointer(start: pointer, count: count - 16).firstRange(of: pattern) != nil
        }
        var secret: SecretBytes? = try SecretBytes(count: count)
        let place =
            secret?.withUnsafeMutableBytes { buffer in
                for index in buffer.indices { buffer[index] = 0xA5 }
                return Int(bitPattern: buffer.baseAddress)
            } ?? 0
        #expect(remains(at: place))
        secret?.truncate(to: 16)
        #expect(!remains(at: place + 16))
        secret = nil
        #expect(!remains(at: place))
    }

    @Test("more than the arena holds is refused; nothing falls back to the ordinary heap")
    func refusesWhenExhausted() {
        #expect(SecureHeap.initialize() != .unavailable)
        let code = failure { _ = try SecretBytes(count: 2 << 30) }
        #expect(code == .secureHeapExhausted)
        let negative = failure { _ = try SecretBytes(count: -1) }
        #expect(negative == .invalidLength)
    }

    @Test("neither description nor mirror of a box shows bytes")
    func boxHidesBytes() throws {
        let box = SecretBox(try secret(Array("hunter2-hunter2".utf8)))
        var dumped = ""
        dump(box, to: &dumped)
        #expect("\(box)" == "SecretBox(15 bytes)")
        #expect(!dumped.contains("hunter2"))
        #expect(Mirror(reflecting: box).children.isEmpty)
    }

    @Test("a PIN file: read without its line end, refused if open to others, not regular, too long or missing")
    func readsFiles() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("pin")
        try secret(Array("1234567\r\n".utf8)).write(toFile: path)
        let pin = try SecretBytes(contentsOfFile: path)
        #expect(contents(of: pin) == Array("1234567".utf8))
        #expect(folder.mode(of: "pin") == 0o600)

        let codes = [
            failure { try secret([1]).write(toFile: path) },
            failure { _ = try SecretBytes(contentsOfFile: path, maximumByteCount: 3) },
            failure { _ = try SecretBytes(contentsOfFile: folder.path("missing")) },
            failure { _ = try SecretBytes(contentsOfFile: folder.root) },
            failure {
                chmod(path, 0o644)
                _ = try SecretBytes(contentsOfFile: path)
            },
        ]
        #expect(codes == [.fileExists, .fileTooLarge, .fileUnreadable, .fileNotRegular, .filePermissionsTooOpen])

        try secret([7]).write(toFile: path, replacing: true)
        let replaced = try SecretBytes(contentsOfFile: path)
        #expect(contents(of: replaced) == [7])
        #expect(try folder.names() == ["pin"])
    }

    @Test("random text has the length asked for and only easily read characters")
    func makesText() throws {
        let text = String(decoding: contents(of: try SecretBytes.randomText(characterCount: 200)), as: UTF8.self)
        #expect(text.count == 200)
        #expect(text.allSatisfy { "abcdefghijkmnpqrstuvwxyz23456789".contains($0) })
        #expect(Set(text).count > 20)
    }
}
