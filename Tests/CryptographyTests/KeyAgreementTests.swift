import Cryptography
import Foundation
import Testing

@Suite("Key agreement and public keys in PEM")
struct KeyAgreementTests {
    /// A private key by its number alone (RFC 5915).
    private func privateKey(_ number: [UInt8]) throws -> PrivateKey {
        let der =
            bytes("30 31 02 01 01 04 20") + number + bytes("a0 0a 06 08 2a8648ce3d030107")
        let text =
            "-----BEGIN EC PRIVATE KEY-----\n" + Data(der).base64EncodedString() + "\n-----END EC PRIVATE KEY-----\n"
        return try PrivateKey(pem: secret(Array(text.utf8)))
    }

    @Test("RFC 5903, section 8.1: both sides, and the shared x coordinate")
    func agrees() throws {
        let (i, r) = (
            bytes("C88F01F5 10D9AC3F 70A292DA A2316DE5 44E9AAB8 AFE84049 C62A9C57 862D1433"),
            bytes("C6EF9C5D 78AE012A 011164AC B397CE20 88685D8F 06BF9BE0 B283AB46 476BEE53")
        )
        let responder = bytes(
            """
            04 D12DFB52 89C8D4F8 1208B702 70398C34 2296970A 0BCCB74C 736FC755 4494BF63
            56FBF3CA 366CC23E 8157854C 13C58D6A AC23F046 ADA30F83 53E74F33 039872AB
            """
        )
        let shared = bytes("D6840F6B 42F6EDAF D13116E0 E1256520 2FEF8E9E CE7DCE03 812464D0 4B9442DE")
        let (initiator, other) = (try privateKey(i), try privateKey(r))
        #expect(other.publicKey.p256Point == responder)
        #expect(contents(of: try initiator.sharedSecret(with: PublicKey(p256Point: responder))) == shared)
        #expect(contents(of: try other.sharedSecret(with: initiator.publicKey)) == shared)
    }

    @Test("other kinds of keys don't agree, and have no point")
    func refuses() throws {
        let (rsa, own) = (try PrivateKey.generate(.rsa2048), try PrivateKey.generate(.p256))
        #expect(failure { _ = try own.sharedSecret(with: rsa.publicKey) } == .unsupportedKey)
        #expect(failure { _ = try rsa.sharedSecret(with: own.publicKey) } == .unsupportedKey)
        #expect(rsa.publicKey.p256Point == nil)
    }

    @Test("HKDF-Extract: RFC 5869, appendix A.1")
    func extracts() throws {
        let random = try HKDFSHA256.extract(
            salt: bytes("000102030405060708090a0b0c"),
            secret: try secret([UInt8](repeating: 0x0B, count: 22))
        )
        #expect(contents(of: random) == bytes("077709362c2e32df0ddc3f0dc47bba63 90b6c73bb50f9c3122ec844ad7c2b3e5"))
        #expect(failure { _ = try HKDFSHA256.extract(salt: [], secret: try secret([1])) } == .invalidLength)
    }

    @Test("a public key's PEM is read again, and nothing else is")
    func readsPublicKeys() throws {
        let key = try PrivateKey.generate(.p256)
        let pem = key.publicKey.pem
        #expect(pem.hasPrefix("-----BEGIN PUBLIC KEY-----\n"))
        #expect(try PublicKey(pem: pem) == key.publicKey)
        for bad in ["", pem + pem, pem + "more", pem.replacing("PUBLIC", with: "PRIVATE")] {
            #expect(failure { _ = try PublicKey(pem: bad) } == .notPEM)
        }
    }

    @Test("a file that is written piece by piece is there when it is published, or never")
    func writesDurably() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("file")
        do {
            let writer = try DurableFileWriter(path: path, mode: 0o600)
            try writer.write([1, 2])
        }
        #expect(!FileManager.default.fileExists(atPath: path))
        let writer = try DurableFileWriter(path: path, mode: 0o600)
        try writer.write([1, 2])
        try writer.write([UInt8](repeating: 3, count: 100_000))
        #expect(!FileManager.default.fileExists(atPath: path))
        try writer.publish()
        #expect(FileManager.default.contents(atPath: path)?.count == 100_002)
        #expect(folder.mode(of: "file") == 0o600)
        let second = try DurableFileWriter(path: path, mode: 0o600)
        #expect(failure { try second.publish() } == .fileExists)
        #expect(FileManager.default.contents(atPath: path)?.count == 100_002)
    }
}
