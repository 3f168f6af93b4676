import Cryptography
import Testing

/// Known answers of the GCM specification (McGrew and Viega, appendix B, as in NIST's validation set) and of RFC 5649.
@Suite("AES-GCM and AES key wrap")
struct CipherTests {
    @Test("AES-256-GCM: test cases 13 and 14, a key and nonce of zeros")
    func sealsZeros() throws {
        let key = try SecretBytes(count: 32)
        let nonce = [UInt8](repeating: 0, count: 12)
        let empty = try AES256GCM.seal([UInt8](), key: key, nonce: nonce, associatedData: [])
        #expect(empty == bytes("530f8afbc74536b9a963b4f1c4cb738b"))
        let block = try AES256GCM.seal([UInt8](repeating: 0, count: 16), key: key, nonce: nonce, associatedData: [])
        #expect(block == bytes("cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919"))
    }

    private static let key16 = "feffe9928665731c6d6a8f9467308308 feffe9928665731c6d6a8f9467308308"
    private static let nonce16 = "cafebabefacedbaddecaf888"
    private static let associated16 = "feedfacedeadbeeffeedfacedeadbeef abaddad2"
    private static let plaintext16 = """
        d9313225f88406e5a55909c5aff5269a 86a7a9531534f7da2e4c303d8a318a72
        1c3c0c95956809532fcf0e2449a6b525 b16aedf5aa0de657ba637b39
        """
    private static let sealed16 = """
        522dc1f099567d07f47f37a32a84427d 643a8cdcbfe5c0c97598a2bd2555d1aa
        8cb08e48590dbb3da7b08b1056828838 c5f61e6393ba7a0abcc9f662
        76fc6ece0f4e1768cddf8853bb2d551b
        """

    @Test("AES-256-GCM: test case 16, with associated data")
    func sealsWithAssociatedData() throws {
        let key = try secret(bytes(Self.key16))
        let nonce = bytes(Self.nonce16)
        let associatedData = bytes(Self.associated16)
        let plaintext = bytes(Self.plaintext16)
        let sealed = try AES256GCM.seal(plaintext, key: key, nonce: nonce, associatedData: associatedData)
        #expect(sealed == bytes(Self.sealed16))
        let fromSecret = try secret(plaintext)
        let sealedSecret = try AES256GCM.seal(fromSecret, key: key, nonce: nonce, associatedData: associatedData)
        #expect(sealedSecret == sealed)
        let opened = try AES256GCM.open(sealed, key: key, nonce: nonce, associatedData: associatedData)
        #expect(opened == plaintext)
        let secret = try AES256GCM.openSecret(sealed, key: key, nonce: nonce, associatedData: associatedData)
        #expect(contents(of: secret) == plaintext)
    }

    @Test("AES-256-GCM: any altered bit of ciphertext, tag, nonce or associated data is found")
    func findsAlterations() throws {
        let key = try secret(bytes(Self.key16))
        let nonce = bytes(Self.nonce16)
        let associated = bytes(Self.associated16)
        let sealed = bytes(Self.sealed16)
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 1 << UInt8(index % 8)
            let codes = [
                failure { _ = try AES256GCM.open(altered, key: key, nonce: nonce, associatedData: associated) },
                failure { _ = try AES256GCM.openSecret(altered, key: key, nonce: nonce, associatedData: associated) },
            ]
            #expect(codes.allSatisfy { $0 == .authenticationFailed })
        }
        let codes = [
            failure { _ = try AES256GCM.open(sealed, key: key, nonce: nonce, associatedData: associated + [0]) },
            failure { _ = try AES256GCM.open(sealed, key: key, nonce: nonce.reversed(), associatedData: associated) },
            failure {
                _ = try AES256GCM.open(Array(sealed.dropFirst()), key: key, nonce: nonce, associatedData: associated)
            },
        ]
        #expect(codes.allSatisfy { $0 == .authenticationFailed })
    }

    @Test("AES-256-GCM: round trips of all small lengths, empty included")
    func roundTrips() throws {
        let key = try SecretBytes.random(count: 32)
        for length in 0...80 {
            let plaintext = try RandomBytes.generate(count: length)
            let associatedData = try RandomBytes.generate(count: length % 19)
            let nonce = try RandomBytes.generate(count: 12)
            let sealed = try AES256GCM.seal(plaintext, key: key, nonce: nonce, associatedData: associatedData)
            #expect(sealed.count == length + 16)
            let opened = try AES256GCM.open(sealed, key: key, nonce: nonce, associatedData: associatedData)
            #expect(opened == plaintext)
            let secret = try AES256GCM.openSecret(sealed, key: key, nonce: nonce, associatedData: associatedData)
            #expect(contents(of: secret) == plaintext)
        }
    }

    @Test("AES-256-GCM: keys, nonces and inputs of a wrong length")
    func refusesLengths() throws {
        let key = try SecretBytes.random(count: 32)
        let short = try SecretBytes.random(count: 16)
        let nonce = [UInt8](repeating: 0, count: 12)
        let codes = [
            failure { _ = try AES256GCM.seal([1], key: short, nonce: nonce, associatedData: []) },
            failure { _ = try AES256GCM.seal([1], key: key, nonce: nonce + [0], associatedData: []) },
            failure { _ = try AES256GCM.open([1], key: key, nonce: nonce, associatedData: []) },
        ]
        #expect(codes.allSatisfy { $0 == .invalidLength })
    }

    @Test(
        "AES key wrap with padding: RFC 5649, section 6",
        arguments: [
            (
                "c37b7e6492584340bed1220780894115 5068f738",
                "138bdeaa9b8fa7fc61f97742e72248ee 5ae6ae5360d1ae6a5f54f373fa543b6a"
            ),
            ("466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f"),
        ]
    )
    func wraps(key: String, blob: String) throws {
        let wrappingKey = try secret(bytes("5840df6e29b02af1ab493b705bf16ea1 ae8338f4dcc176a8"))
        let wrapped = try AESKeyWrapPadded.wrap(try secret(bytes(key)), under: wrappingKey)
        #expect(wrapped == bytes(blob))
        let unwrapped = try AESKeyWrapPadded.unwrap(wrapped, under: wrappingKey)
        #expect(contents(of: unwrapped) == bytes(key))
    }

    @Test("AES key wrap with padding: round trips, and any altered byte is found")
    func wrapRoundTrips() throws {
        let wrappingKey = try SecretBytes.random(count: 32)
        let otherKey = try SecretBytes.random(count: 32)
        for length in Array(1...40) + [511, 512, 4_096] {
            let key = try SecretBytes.random(count: length)
            let blob = try AESKeyWrapPadded.wrap(key, under: wrappingKey)
            #expect(blob.count == (length + 7) / 8 * 8 + 8)
            let unwrapped = try AESKeyWrapPadded.unwrap(blob, under: wrappingKey)
            let isEqual = unwrapped.isEqual(to: key)
            #expect(isEqual)
            var altered = blob
            altered[length % blob.count] ^= 0x40
            let codes = [
                failure { _ = try AESKeyWrapPadded.unwrap(altered, under: wrappingKey) },
                failure { _ = try AESKeyWrapPadded.unwrap(blob, under: otherKey) },
            ]
            #expect(codes.allSatisfy { $0 == .authenticationFailed })
        }
    }

    @Test("AES key wrap with padding: impossible lengths")
    func wrapRefusesLengths() throws {
        let wrappingKey = try SecretBytes.random(count: 32)
        let oddKey = try SecretBytes.random(count: 20)
        let empty = try SecretBytes(count: 0)
        let codes = [
            failure { _ = try AESKeyWrapPadded.unwrap([], under: wrappingKey) },
            failure { _ = try AESKeyWrapPadded.unwrap([UInt8](repeating: 1, count: 8), under: wrappingKey) },
            failure { _ = try AESKeyWrapPadded.unwrap([UInt8](repeating: 1, count: 23), under: wrappingKey) },
            failure { _ = try AESKeyWrapPadded.wrap(empty, under: wrappingKey) },
            failure { _ = try AESKeyWrapPadded.wrap(wrappingKey, under: oddKey) },
        ]
        #expect(codes.allSatisfy { $0 == .invalidLength })
    }
}
