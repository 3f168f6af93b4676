import Cryptography
import Testing

@testable import Setup

@Suite struct SelfSignedCertificateTests {
    private let now: Int64 = 1_790_000_000

    @Test func theServersCertificateIsRSAThroughout() throws {
        let key = try PrivateKey.generate(.rsa2048)
        let certificate = try SelfSignedCertificate.server(
            hosts: ["keys.example.com", "192.0.2.7"],
            key: key,
            now: now
        )
        #expect(certificate.keyDescription == "RSA-2048")
        #expect(certificate.publicKey == key.publicKey)
        #expect(certificate.subject == certificate.issuer)
        #expect(!certificate.isCertificateAuthority)
        #expect(certificate.subjectAlternativeNames == [.dns("keys.example.com"), .address("192.0.2.7")])
        #expect(certificate.matches(host: "keys.example.com"))
        #expect(certificate.matches(host: "192.0.2.7"))
        // digitalSignature and keyEncipherment: BIT STRING, five unused bits, 101.
        #expect(certificate.extension(oid: "2.5.29.15") == [0x03, 0x02, 0x05, 0xA0])
        // serverAuth, 1.3.6.1.5.5.7.3.1
        #expect(
            certificate.extension(oid: "2.5.29.37")
                == [0x30, 0x0A, 0x06, 0x08, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01]
        )
    }

    @Test(arguments: ["bad_name", "", "a..b", "keys.example.com:5696"])
    func whatIsNoHostIsRefusedInWords(host: String) throws {
        let key = try PrivateKey.generate(.p256)
        #expect(throws: SetupError(.optionInvalid, "")) {
            try SelfSignedCertificate.server(hosts: ["localhost", host], key: key, now: now)
        }
    }

    @Test func aP256ServerOnlySigns() throws {
        let key = try PrivateKey.generate(.p256)
        let certificate = try SelfSignedCertificate.server(hosts: ["localhost"], key: key, now: now)
        #expect(certificate.extension(oid: "2.5.29.15") == [0x03, 0x02, 0x07, 0x80])
    }
}
