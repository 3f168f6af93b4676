import Cryptography
import KeyModel
import PipelineFixtures
import Testing

@testable import JobSealing

/// The derivation of keys and the associated data, against values that were computed by another implementation
/// (Python's `cryptography`: HMAC, HKDFExpand, AESGCM).
///
/// Every field is preceded by its length in four bytes, big-endian:
///
///     M    = HMAC-SHA-256(key S, ticket hash)
///     OKM  = HKDF-Expand-SHA-256(M, context | ticket hash | salt, 44 bytes) = key (32) | nonce (12)
///     AD   = context | version (8 bytes) | ticket hash | partition | class | message id | deadline (8 bytes)
///            [| hash of the sealed job]
struct KnownAnswerTests {
    /// S: 00 01 02 … 1f
    private static let secret = (0..<32).map { UInt8($0) }
    private static let ticketHash = [UInt8](repeating: 0x11, count: 32)
    private static let salt = [UInt8](repeating: 0x22, count: 32)
    private static let jobHash = [UInt8](repeating: 0x44, count: 32)
    private static let plaintext = Array("one job, sealed".utf8)

    private func messageSecret() throws -> SecretBytes {
        let secret = try SecretBytes.made(of: Self.secret)
        return try HMACSHA256.secretAuthenticationCode(for: Self.ticketHash, key: secret)
    }

    private func header() throws -> MessageHeader {
        MessageHeader(
            partition: try #require(PartitionName("p1")),
            jobClass: .interactive,
            messageID: [UInt8](repeating: 0x33, count: 16),
            deadline: 1_800_000_030_000
        )
    }

    @Test func theMessageSecretIsTheMACOfTheTicketHash() throws {
        let code = try messageSecret()
        #expect(
            Hexadecimal.encode(code.withUnsafeBytes { Array($0) })
                == "19c89035532577d8d991258817b7ff62e37dc37e42237d66034ad0ca5602fe0c"
        )
    }

    @Test func theAssociatedDataOfAJobNamesAllOfItsOutside() throws {
        let expected = [
            "0000000f", "6b65796665727279206a6f62207631",  // "keyferry job v1"
            "00000008", "0000000000000001",  // version 1
            "00000020", String(repeating: "11", count: 32),
            "00000002", "7031",  // "p1"
            "0000000b", "696e746572616374697665",  // "interactive"
            "00000010", String(repeating: "33", count: 16),
            "00000008", "000001a3185cc530",  // 1,800,000,030,000
        ].joined()
        let data = try header().associatedData(.job, ticketHash: Self.ticketHash, jobHash: nil)
        #expect(Hexadecimal.encode(data) == expected)
    }

    @Test func theAssociatedDataOfAReplyNamesTheJobAsWell() throws {
        let expected = [
            "00000011", "6b65796665727279207265706c79207631",  // "keyferry reply v1"
            "00000008", "0000000000000001",
            "00000020", String(repeating: "11", count: 32),
            "00000002", "7031",
            "0000000b", "696e746572616374697665",
            "00000010", String(repeating: "33", count: 16),
            "00000008", "000001a3185cc530",
            "00000020", String(repeating: "44", count: 32),
        ].joined()
        let data = try header().associatedData(.reply, ticketHash: Self.ticketHash, jobHash: Self.jobHash)
        #expect(Hexadecimal.encode(data) == expected)
    }

    /// The ciphertext depends on every bit of key, nonce and associated data, and so shows them all.
    @Test func aJobIsSealedUnderItsOwnKeyAndNonce() throws {
        let cipher = try MessageCipher(
            messageSecret: try messageSecret(),
            direction: .job,
            ticketHash: Self.ticketHash,
            salt: Self.salt
        )
        let data = try header().associatedData(.job, ticketHash: Self.ticketHash, jobHash: nil)
        let sealed = try cipher.seal(Self.plaintext, associatedData: data)
        // Key 260a642239188a9f8a5287210179dda925c5eafd0dfcfd1af5e413daca571715, nonce 1638dbf4941ff0284d64b6f4.
        #expect(Hexadecimal.encode(sealed) == "572feb7ef894c0c72afbbf650f6690c0b71a8d99e0138d4afbb5321bf1ab14")
    }

    @Test func aReplyIsSealedUnderAnotherKeyAndNonce() throws {
        let cipher = try MessageCipher(
            messageSecret: try messageSecret(),
            direction: .reply,
            ticketHash: Self.ticketHash,
            salt: Self.salt
        )
        let data = try header().associatedData(.reply, ticketHash: Self.ticketHash, jobHash: Self.jobHash)
        let sealed = try cipher.seal(Self.plaintext, associatedData: data)
        // Key 90f1353454ae2a91760837b37d29012b9f443e0225ce675ac38d52524e95ae2e, nonce 4607498e46c9cb2b6306af82.
        #expect(Hexadecimal.encode(sealed) == "ae7a184549f777660561ac5c3816d1090c87310f65ac2a9d8fd735ae3e895a")
    }

    @Test func fieldsCanNotBeMovedFromOneToTheNext() {
        var one = CanonicalBytes(context: "c")
        one.append("ab")
        one.append("c")
        var other = CanonicalBytes(context: "c")
        other.append("a")
        other.append("bc")
        #expect(one.bytes != other.bytes)
    }
}
