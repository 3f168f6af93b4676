import Cryptography
import Testing

/// Known answers of FIPS 180-4's examples, RFC 4231 and RFC 5869.
@Suite("Digest, MAC, key derivation")
struct DigestTests {
    @Test(
        "SHA-256: FIPS 180-4 examples",
        arguments: [
            ("", "e3b0c442 98fc1c14 9afbf4c8 996fb924 27ae41e4 649b934c a495991b 7852b855"),
            ("abc", "ba7816bf 8f01cfea 414140de 5dae2223 b00361a3 96177a9c b410ff61 f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61 d20638b8 e5c02693 0c3e6039 a33ce459 64ff2167 f6ecedd4 19db06c1"
            ),
        ]
    )
    func hashes(message: String, digest: String) throws {
        let fromSecret = SHA256.hash(try secret(Array(message.utf8)))
        #expect(SHA256.hash(Array(message.utf8)) == bytes(digest))
        #expect(fromSecret == bytes(digest))
    }

    @Test("SHA-256 in pieces: a million times 'a'")
    func hashesInPieces() throws {
        var hash = try IncrementalSHA256()
        for _ in 0..<1_000 { try hash.update([UInt8](repeating: UInt8(ascii: "a"), count: 1_000)) }
        let digest = try hash.finalize()
        #expect(digest == bytes("cdc76e5c 9914fb92 81a1c7e2 84d73e67 f1809a48 a497200e 046d39cc c7112cd0"))
    }

    @Test(
        "HMAC-SHA-256: RFC 4231, cases 1, 2 and 6",
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b 881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c7 5a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f 8e0bc6213728c5140546040f0ee37f54"
            ),
        ]
    )
    func authenticates(key: [UInt8], message: String, code: String) throws {
        let key = try secret(key)
        let message = Array(message.utf8)
        let made = try HMACSHA256.authenticationCode(for: message, key: key)
        #expect(made == bytes(code))
        let isRight = try HMACSHA256.verify(made, for: message, key: key)
        #expect(isRight)
        let isRightForAnother = try HMACSHA256.verify(made, for: message + [0], key: key)
        #expect(!isRightForAnother)
        let isRightWhenShort = try HMACSHA256.verify(Array(made.dropLast()), for: message, key: key)
        #expect(!isRightWhenShort)
    }

    @Test("an empty HMAC key is refused")
    func refusesEmptyKey() throws {
        let key = try secret([])
        let code = failure { _ = try HMACSHA256.authenticationCode(for: [1], key: key) }
        #expect(code == .invalidLength)
    }

    @Test(
        "HKDF-Expand: RFC 5869, appendix A.1 to A.3",
        arguments: [
            (
                "077709362c2e32df0ddc3f0dc47bba63 90b6c73bb50f9c3122ec844ad7c2b3e5",
                [UInt8](0xF0...0xF9),
                "3cb25f25faacd57a90434f64d0362f2a 2d2d0a90cf1a5a4c5db02d56ecc4c5bf 34007208d5b887185865"
            ),
            (
                "06a6b88c5853361a06104c9ceb35b45c ef760014904671014a193f40c15fc244",
                [UInt8](0xB0...0xFF),
                """
                b11e398dc80327a1c8e7f78c596a4934 4f012eda2d4efad8a050cc4c19afa97c
                59045a99cac7827271cb41c65e590e09 da3275600c2f09b8367793a9aca3db71
                cc30c58179ec3e87c14c01d5c1f3434f 1d87
                """
            ),
            (
                "19ef24a32c717b167f33a91d6f648bdf 96596776afdb6377ac434c1c293ccb04",
                [],
                "8da4e775a563c18f715f802a063c5a31 b8a11f5c5ee1879ec3454e5f3c738d2d 9d201395faa4b61a96c8"
            ),
        ]
    )
    func expands(key: String, info: [UInt8], output: String) throws {
        let expected = bytes(output)
        let made = try HKDFSHA256.expand(key: try secret(bytes(key)), info: info, count: expected.count)
        #expect(contents(of: made) == expected)
    }

    @Test("HKDF-Expand refuses a short key and impossible lengths")
    func refusesLengths() throws {
        let key = try SecretBytes.random(count: 32)
        let short = try SecretBytes.random(count: 31)
        let codes = [
            failure { _ = try HKDFSHA256.expand(key: short, info: [], count: 32) },
            failure { _ = try HKDFSHA256.expand(key: key, info: [], count: 0) },
            failure { _ = try HKDFSHA256.expand(key: key, info: [], count: 255 * 32 + 1) },
        ]
        #expect(codes.allSatisfy { $0 == .invalidLength })
    }
}
