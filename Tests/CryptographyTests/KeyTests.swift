import Cryptography
import Foundation
import Testing

@Suite("Keys")
struct KeyTests {
    static let kinds: [PrivateKey.Kind] = [.rsa2048, .rsa3072, .p256]

    @Test("sign and verify; an altered message, signature or another key is not valid", arguments: kinds)
    func signs(kind: PrivateKey.Kind) throws {
        let key = try PrivateKey.generate(kind)
        let other = try PrivateKey.generate(.p256)
        let message = Array("a message".utf8)
        let signature = try key.sign(message)
        var altered = signature
        altered[altered.count / 2] ^= 1
        #expect(key.publicKey.verify(signature: signature, of: message))
        #expect(!key.publicKey.verify(signature: signature, of: message + [0]))
        #expect(!key.publicKey.verify(signature: altered, of: message))
        #expect(!key.publicKey.verify(signature: [], of: message))
        #expect(!other.publicKey.verify(signature: signature, of: message))
    }

    @Test("names of kinds")
    func describes() throws {
        let names = try Self.kinds.map { try PrivateKey.generate($0).algorithm.description }
        #expect(names == ["RSA-2048", "RSA-3072", "P-256"])
    }

    @Test("a key written to a file is PKCS #8 of mode 0600, and is the same when read", arguments: kinds)
    func storesAndLoads(kind: PrivateKey.Kind) throws {
        let folder = try TemporaryFolder()
        let key = try PrivateKey.generate(kind)
        try key.write(toPEMFile: folder.path("key.pem"))
        #expect(folder.mode(of: "key.pem") == 0o600)
        #expect(try folder.text(of: "key.pem").hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        let loaded = try PrivateKey(pemFile: folder.path("key.pem"))
        #expect(loaded.publicKey == key.publicKey)
        #expect(key.publicKey.verify(signature: try loaded.sign([1, 2, 3]), of: [1, 2, 3]))

        #expect(failure { try key.write(toPEMFile: folder.path("key.pem")) } == .fileExists)
        let next = try PrivateKey.generate(.p256)
        try next.write(toPEMFile: folder.path("key.pem"), replacing: true)
        #expect(try PrivateKey(pemFile: folder.path("key.pem")).publicKey == next.publicKey)
        #expect(try folder.names() == ["key.pem"])
    }

    @Test("files that are no usable private key")
    func refusesFiles() throws {
        let folder = try TemporaryFolder()
        try folder.write("no key\n", to: "text", mode: 0o600)
        #expect(failure { _ = try PrivateKey(pemFile: folder.path("text")) } == .invalidKey)
        #expect(failure { _ = try PrivateKey(pemFile: folder.path("missing")) } == .fileUnreadable)
        try PrivateKey.generate(.p256).write(toPEMFile: folder.path("open"))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.path("open"))
        #expect(failure { _ = try PrivateKey(pemFile: folder.path("open")) } == .filePermissionsTooOpen)
    }

    @Test("RSA-OAEP round trip; an altered text and a key that is not RSA are refused")
    func encrypts() throws {
        let key = try PrivateKey.generate(.rsa3072)
        let transportKey = try SecretBytes.random(count: 32)
        let encrypted = try key.publicKey.encryptOAEPSHA1(transportKey)
        #expect(encrypted.count == 384)
        let decrypted = try key.decryptOAEPSHA1(encrypted)
        let isEqual = decrypted.isEqual(to: transportKey)
        #expect(isEqual)
        var altered = encrypted
        altered[100] ^= 1
        #expect(failure { _ = try key.decryptOAEPSHA1(altered) } == .authenticationFailed)
        let tooLong = try SecretBytes.random(count: 384 - 41)
        let tooLongCode = failure { _ = try key.publicKey.encryptOAEPSHA1(tooLong) }
        #expect(tooLongCode == .invalidLength)
        let curve = try PrivateKey.generate(.p256)
        let curveCode = failure { _ = try curve.publicKey.encryptOAEPSHA1(transportKey) }
        #expect(curveCode == .unsupportedKey)
    }

    @Test("a public key from its DER, which must be all of the bytes")
    func readsDER() throws {
        let key = try PrivateKey.generate(.p256).publicKey
        #expect(try PublicKey(der: key.subjectPublicKeyInfo) == key)
        #expect(failure { _ = try PublicKey(der: key.subjectPublicKeyInfo + [0]) } == .trailingData)
        #expect(failure { _ = try PublicKey(der: []) } == .invalidKey)
        #expect(failure { _ = try PublicKey(der: Array(key.subjectPublicKeyInfo.dropLast())) } == .invalidKey)
    }

    @Test("public keys from a token's attributes")
    func readsTokenAttributes() throws {
        let curve = try PrivateKey.generate(.p256)
        // The point is the end of a P-256 SubjectPublicKeyInfo.
        let point = Array(curve.publicKey.subjectPublicKeyInfo.suffix(65))
        #expect(try PublicKey(p256Point: point) == curve.publicKey)
        var offCurve = point
        offCurve[64] ^= 1
        #expect(failure { _ = try PublicKey(p256Point: offCurve) } == .invalidKey)
        #expect(failure { _ = try PublicKey(p256Point: [0x04, 0x41] + point) } == .invalidKey)

        let rsa = try PrivateKey.generate(.rsa2048)
        // … 02 82 01 01 00 | modulus | 02 03 01 00 01
        let modulus = Array(rsa.publicKey.subjectPublicKeyInfo.suffix(261).prefix(256))
        #expect(try PublicKey(rsaModulus: modulus, exponent: [1, 0, 1]) == rsa.publicKey)
        #expect(failure { _ = try PublicKey(rsaModulus: Array(modulus.prefix(128)), exponent: [1, 0, 1]) } != nil)
        #expect(failure { _ = try PublicKey(rsaModulus: [], exponent: []) } != nil)
    }

    @Test("ECDSA signatures: raw and DER")
    func convertsSignatures() throws {
        let key = try PrivateKey.generate(.p256)
        for number in 0..<UInt8(64) {
            let signature = try key.sign([number])
            let raw = try ECDSASignature.raw(fromDER: signature)
            #expect(raw.count == 64)
            #expect(try ECDSASignature.der(fromRaw: raw) == signature)
        }
        let small = [UInt8](repeating: 0, count: 31) + [1] + [0x80] + [UInt8](repeating: 0, count: 31)
        let der = bytes("30 26 | 02 01 01 | 02 21 00 80") + [UInt8](repeating: 0, count: 31)
        #expect(try ECDSASignature.der(fromRaw: small) == der)
        #expect(try ECDSASignature.raw(fromDER: der) == small)
        #expect(failure { _ = try ECDSASignature.raw(fromDER: der + [0]) } == .trailingData)
        #expect(failure { _ = try ECDSASignature.raw(fromDER: Array(der.dropLast())) } == .invalidDER)
        #expect(failure { _ = try ECDSASignature.der(fromRaw: [1]) } == .invalidSignature)
    }
}
