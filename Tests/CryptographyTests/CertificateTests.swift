import Cryptography
import Testing

@Suite("Certificates: reading")
struct CertificateTests {
    static let now: Int64 = 1_800_000_000

    private func makeCertificate() throws -> Certificate {
        let authority = try CertificateAuthority.create(
            commonName: "Test CA",
            validity: .days(30, from: Self.now),
            key: try PrivateKey.generate(.p256)
        )
        var template = CertificateTemplate(commonName: "kmip client, é", validity: .days(1, from: Self.now))
        template.names = [.dns("kms.example.com"), .address("192.0.2.7"), .address("2001:db8::7")]
        return try authority.issue(template, to: try PrivateKey.generate(.rsa2048).publicKey)
    }

    @Test("fields")
    func readsFields() throws {
        let certificate = try makeCertificate()
        // RFC 4514, sections 2.4: the comma and bytes beyond ASCII escaped.
        #expect(certificate.subject == #"CN=kmip client\, \C3\A9"#)
        #expect(certificate.issuer == "CN=Test CA")
        #expect(certificate.notBefore == Self.now - 300)
        #expect(certificate.notAfter == Self.now + 86_400)
        #expect(certificate.keyDescription == "RSA-2048")
        #expect(certificate.serialNumber.count == 20)
        #expect(!certificate.isCertificateAuthority)
        #expect(certificate.fingerprintSHA256 == SHA256.hash(certificate.der))
        #expect(certificate.fingerprintText.count == 64)
        #expect(certificate.extension(oid: "2.5.29.15") == bytes("03 02 07 80"))
        #expect(certificate.extension(oid: "2.5.29.99") == nil)
        #expect(
            certificate.subjectAlternativeNames
                == [.dns("kms.example.com"), .address("192.0.2.7"), .address("2001:db8::7")]
        )
        #expect(certificate.matches(host: "kms.example.com"))
        #expect(certificate.matches(host: "192.0.2.7"))
        #expect(certificate.matches(host: "2001:db8::7"))
        #expect(!certificate.matches(host: "example.com"))
        #expect(!certificate.matches(host: "192.0.2.8"))
    }

    @Test("PEM and DER round trips, and libssl's view")
    func roundTrips() throws {
        let certificate = try makeCertificate()
        #expect(try Certificate(der: certificate.der) == certificate)
        #expect(try Certificate(pem: certificate.pem) == certificate)
        #expect(try Certificate(pem: "\n  Subject: someone\n" + certificate.pem + "\n \n") == certificate)
        #expect(try Certificate(pem: certificate.pem.replacingNewlines(with: "\r\n")) == certificate)
        #expect(try certificate.withUnsafeX509 { try Certificate(unsafeX509: $0) } == certificate)
    }

    @Test("each mistake in pasting has its own code")
    func refusesPEM() throws {
        let pem = try makeCertificate().pem
        let key = "-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----\n"
        func code(_ text: String) -> CryptographyError.Code? { failure { _ = try Certificate(pem: text) } }
        #expect(code("") == .notPEM)
        #expect(code("hello") == .notPEM)
        #expect(code(String(pem.dropLast(30))) == .notPEM)
        #expect(code("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----") == .notPEM)
        #expect(code("-----BEGIN CERTIFICATE-----\nAB=C\n-----END CERTIFICATE-----") == .notPEM)
        #expect(code("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----") == .notPEM)
        #expect(code(key) == .privateKeyInsteadOfCertificate)
        #expect(code(pem + key) == .privateKeyInsteadOfCertificate)
        #expect(code("-----BEGIN RSA PRIVATE KEY-----\ncut off") == .privateKeyInsteadOfCertificate)
        #expect(code("-----BEGIN ENCRYPTED PRIVATE KEY-----\n") == .privateKeyInsteadOfCertificate)
        #expect(code(pem + pem) == .moreThanOneCertificate)
        #expect(code(pem + "junk") == .trailingData)
        #expect(code(pem + "-----BEGIN X-----\nAAAA\n-----END X-----\n") == .trailingData)
        #expect(code("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----") == .invalidCertificate)
        let request = try CertificateRequest.create(commonName: "x", key: try PrivateKey.generate(.p256))
        #expect(code(request.pem) == .invalidCertificate)
    }

    @Test("DER that is cut, padded or altered is refused or is another certificate")
    func refusesDER() throws {
        let certificate = try makeCertificate()
        #expect(failure { _ = try Certificate(der: certificate.der + [0]) } == .trailingData)
        #expect(failure { _ = try Certificate(der: []) } == .invalidCertificate)
        for length in stride(from: 1, to: certificate.der.count, by: 7) {
            #expect(failure { _ = try Certificate(der: Array(certificate.der.prefix(length))) } != nil)
        }
        for index in certificate.der.indices {
            var altered = certificate.der
            altered[index] ^= 0x01
            let read = try? Certificate(der: altered)
            #expect(read != certificate)
        }
    }

    @Test("requests: the signature is verified")
    func readsRequests() throws {
        let key = try PrivateKey.generate(.p256)
        let request = try CertificateRequest.create(commonName: "operator 1", key: key)
        let read = try CertificateRequest(pem: request.pem)
        #expect(read.subject == "CN=operator 1")
        #expect(read.publicKey == key.publicKey)
        var altered = request.der
        // The last letter of the subject's name.
        let place = try #require(altered.firstRange(of: Array("operator 1".utf8)))
        altered[place.upperBound - 1] ^= 1
        #expect(failure { _ = try CertificateRequest(der: altered) } == .invalidSignature)
        #expect(failure { _ = try CertificateRequest(pem: request.pem + "x") } == .trailingData)
        let certificate = try makeCertificate()
        #expect(failure { _ = try CertificateRequest(pem: certificate.pem) } == .invalidCertificateRequest)
    }
}

extension String {
    fileprivate func replacingNewlines(with lineEnd: String) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).joined(separator: lineEnd)
    }
}
