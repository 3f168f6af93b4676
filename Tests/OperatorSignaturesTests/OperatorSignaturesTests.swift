import Cryptography
import Foundation
import Testing

@testable import OperatorSignatures

@Suite struct Base64URLTests {
    /// RFC 7515, appendix C, and RFC 4648, section 10, without padding.
    @Test(
        arguments: [
            ([3, 236, 255, 224, 193], "A-z_4ME"), ([], ""), (Array("f".utf8), "Zg"), (Array("fo".utf8), "Zm8"),
            (Array("foo".utf8), "Zm9v"), (Array("foobar".utf8), "Zm9vYmFy"),
        ] as [([UInt8], String)]
    )
    func knownTexts(_ bytes: [UInt8], _ text: String) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test(arguments: ["Zg==", "Zh", "Z", "Zm9vY", "Zm9 v", "Zm9+", "Zm9/", "Zm9v\n", "Zmé"])
    func whatEncodingDoesNotMakeIsRefused(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}

@Suite struct DetachedSignatureTests {
    static let payload = Array("what was decided".utf8)

    static func signer() throws -> (key: PrivateKey, certificate: Certificate) {
        let key = try PrivateKey.generate(.p256)
        let validity = CertificateValidity.days(30, from: 1_700_000_000)
        return (key, try CertificateAuthority.create(commonName: "anna", validity: validity, key: key).certificate)
    }

    /// RFC 7515, appendix A.3: ES256 over the claims of A.3.1, with the payload detached (appendix F).
    @Test func theStandardsExampleVerifies() throws {
        let payload = Array(#"{"iss":"joe",\#r\#n "exp":1300819380,\#r\#n "http://example.com/is_root":true}"#.utf8)
        let text =
            "eyJhbGciOiJFUzI1NiJ9..DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-"
            + "Kg6NU1Q"
        let x = try #require(Base64URL.decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"))
        let y = try #require(Base64URL.decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
        // SubjectPublicKeyInfo of an uncompressed point on P-256 (RFC 5480, section 2).
        let head: [UInt8] = [
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
            0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
        ]
        let key = try PublicKey(der: head + x + y)
        let signature = try CompactSignature(parsing: text)
        #expect(signature.text == text)
        #expect(signature.verifies(payload, by: key))
        #expect(!signature.verifies(payload + [0], by: key))
        // It names no certificate, as an operator's signature must.
        #expect(throws: OperatorSignatureError(.malformed)) { try DetachedSignature(parsing: text) }
    }

    @Test func aSignatureIsOfOneCertificateOverTheseBytes() throws {
        let anna = try Self.signer()
        let signed = try DetachedSignature(over: Self.payload, key: anna.key, certificate: anna.certificate)
        let read = try DetachedSignature(parsing: signed.text)
        try read.verify(Self.payload, by: anna.certificate)
        #expect(read.certificateFingerprint == anna.certificate.fingerprintSHA256)
        #expect(throws: OperatorSignatureError(.notValid)) {
            try read.verify(Self.payload.reversed(), by: anna.certificate)
        }
        let other = try Self.signer()
        #expect(throws: OperatorSignatureError(.wrongCertificate)) {
            try read.verify(Self.payload, by: other.certificate)
        }
        #expect(throws: OperatorSignatureError(.unusableKey)) {
            try DetachedSignature(over: Self.payload, key: other.key, certificate: anna.certificate)
        }
    }

    @Test func everyFlippedCharacterIsNoticed() throws {
        let anna = try Self.signer()
        let text = try DetachedSignature(over: Self.payload, key: anna.key, certificate: anna.certificate).text
        for place in text.indices {
            var altered = text
            altered.replaceSubrange(place...place, with: text[place] == "A" ? "B" : "A")
            #expect(throws: OperatorSignatureError.self, "\(altered)") {
                try DetachedSignature(parsing: altered).verify(Self.payload, by: anna.certificate)
            }
        }
    }

    @Test(arguments: [
        (#"{"alg":"none"}"#, OperatorSignatureError.Code.unsupportedAlgorithm),
        (#"{"alg":"RS256"}"#, .unsupportedAlgorithm),
        (#"{}"#, .unsupportedAlgorithm),
        (#"{"alg":"ES256","b64":false,"crit":["b64"]}"#, .unsupportedHeader),
        (#"{"alg":"ES256","crit":["exp"]}"#, .unsupportedHeader),
        (#"{"alg":"ES256","jku":"https://example.com"}"#, .unsupportedHeader),
        (#"{"alg":"ES256","x5t#S256":"AAAA"}"#, .malformed),
        (#"["ES256"]"#, .malformed),
        ("", .malformed),
    ])
    func headersThatAreNotOursAreRefused(_ header: String, _ code: OperatorSignatureError.Code) {
        let signature = Base64URL.encode([UInt8](repeating: 1, count: 64))
        let text = "\(Base64URL.encode(Array(header.utf8)))..\(signature)"
        #expect(throws: OperatorSignatureError(code)) { try DetachedSignature(parsing: text) }
    }

    @Test(arguments: ["", ".", "..", "a.b", "e30.e30.AAAA", "e30..AAAA=", "e30..A A", "e30..AAAA.", "....."])
    func textsThatAreNoDetachedSignatureAreRefused(_ text: String) {
        #expect(throws: OperatorSignatureError.self) { try DetachedSignature(parsing: text) }
        #expect(throws: OperatorSignatureError.self) {
            try DetachedSignature(parsing: text + String(repeating: "A", count: 2_000))
        }
    }
}

@Suite struct OperatorStatementTests {
    static let now: Int64 = 1_800_000_000

    static func statement(lifetime: Int64 = 3_600) throws -> OperatorStatement {
        try OperatorStatement(purpose: "test", subject: ["a": "1/2", "b": "é"], issued: now, lifetimeSeconds: lifetime)
    }

    @Test func aStatementReadsBackFromItsOneEncoding() throws {
        let statement = try Self.statement()
        let bytes = try statement.encoded()
        #expect(try OperatorStatement(decoding: bytes) == statement)
        #expect(try Self.statement().nonce != statement.nonce)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.hasPrefix(#"{"expires":1800003600,"issued":1800000000,"nonce":""#))
        let others = [
            text + " ", text.replacing(":", with: ": "), text.replacing("é", with: "\\u00e9"),
            text.replacing(#""purpose""#, with: #""purpose":"x","purpose""#),
            text.replacing(#"{"expires""#, with: #"{"added":1,"expires""#), "{}", "", "[]",
            text.replacing(#""nonce":""#, with: #""nonce":"AAAA"#),
        ]
        for other in others {
            #expect(throws: OperatorSignatureError(.statementMalformed), "\(other)") {
                try OperatorStatement(decoding: Array(other.utf8))
            }
        }
    }

    @Test(
        arguments: [
            ("other", 0, 3_600, OperatorSignatureError.Code.wrongPurpose),
            ("test", 3_600, 3_600, .expired),
            ("test", -301, 3_600, .notYetValid),
            ("test", 0, 7 * 86_400 + 1, .validForTooLong),
            ("test", 0, 0, .validForTooLong),
            ("test", 0, -5, .validForTooLong),
        ] as [(String, Int64, Int64, OperatorSignatureError.Code)]
    )
    func purposeAndDatesCount(
        _ purpose: String,
        _ later: Int64,
        _ lifetime: Int64,
        _ code: OperatorSignatureError.Code
    ) throws {
        let statement = try Self.statement(lifetime: lifetime)
        #expect(throws: OperatorSignatureError(code)) { try statement.check(purpose: purpose, at: Self.now + later) }
    }

    @Test func itHoldsUntilItExpires() throws {
        let statement = try Self.statement()
        for later: Int64 in [-300, 0, 3_599] { try statement.check(purpose: "test", at: Self.now + later) }
    }
}
