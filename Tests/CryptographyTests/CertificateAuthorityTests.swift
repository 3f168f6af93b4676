import Cryptography
import Testing

@Suite("Certificates: issuing and trust")
struct CertificateAuthorityTests {
    private static let now: Int64 = 1_800_000_000
    private static let day: Int64 = 86_400

    private func makeAuthority(days: Int = 30, kind: PrivateKey.Kind = .p256) throws -> CertificateAuthority {
        try CertificateAuthority.create(
            commonName: "Pipeline CA",
            validity: .days(days, from: Self.now),
            key: try PrivateKey.generate(kind)
        )
    }

    private func template(days: Int = 7) -> CertificateTemplate {
        CertificateTemplate(commonName: "gateway-1", validity: .days(days, from: Self.now))
    }

    @Test("a leaf of this CA is trusted between its dates", arguments: [PrivateKey.Kind.p256, .rsa2048])
    func trustsLeaf(kind: PrivateKey.Kind) throws {
        let authority = try makeAuthority(kind: kind)
        let leaf = try authority.issue(template(), to: try PrivateKey.generate(.p256).publicKey)
        let trust = try CertificateAuthorityTrust(authority: authority.certificate)
        #expect(authority.certificate.isCertificateAuthority)
        #expect(authority.certificate.isIssued(by: authority.certificate))
        #expect(leaf.isIssued(by: authority.certificate))
        #expect(failure { try trust.verify(leaf, at: Self.now) } == nil)
        #expect(failure { try trust.verify(leaf, at: leaf.notBefore) } == nil)
        #expect(failure { try trust.verify(leaf, at: leaf.notBefore - 1) } == .certificateNotYetValid)
        #expect(failure { try trust.verify(leaf, at: leaf.notAfter + 1) } == .certificateExpired)
    }

    @Test("a leaf that outlives its CA ends with it")
    func endsWithAuthority() throws {
        let authority = try makeAuthority(days: 2)
        let leaf = try authority.issue(template(days: 7), to: try PrivateKey.generate(.p256).publicKey)
        let trust = try CertificateAuthorityTrust(authority: authority.certificate)
        #expect(failure { try trust.verify(leaf, at: Self.now + 3 * Self.day) } == .certificateExpired)
    }

    @Test("another CA's leaf is not trusted, whether or not the CAs' names are the same")
    func refusesOtherAuthority() throws {
        let trust = try CertificateAuthorityTrust(authority: try makeAuthority().certificate)
        let sameName = try makeAuthority().issue(template(), to: try PrivateKey.generate(.p256).publicKey)
        #expect(failure { try trust.verify(sameName, at: Self.now) } == .untrustedIssuer)
        let otherName = try CertificateAuthority.create(
            commonName: "Other CA",
            validity: .days(30, from: Self.now),
            key: try PrivateKey.generate(.p256)
        ).issue(template(), to: try PrivateKey.generate(.p256).publicKey)
        #expect(failure { try trust.verify(otherName, at: Self.now) } == .untrustedIssuer)
    }

    @Test("a leaf issues nothing, an altered leaf is not trusted, the CA itself is no leaf")
    func refusesWrongRoles() throws {
        let authority = try makeAuthority()
        let leafKey = try PrivateKey.generate(.p256)
        let leaf = try authority.issue(template(), to: leafKey.publicKey)
        #expect(failure { _ = try CertificateAuthority(certificate: leaf, key: leafKey) } == .issuerNotAuthority)
        #expect(failure { _ = try CertificateAuthorityTrust(authority: leaf) } == .issuerNotAuthority)
        #expect(
            failure { _ = try CertificateAuthority(certificate: authority.certificate, key: leafKey) } == .invalidKey
        )
        let trust = try CertificateAuthorityTrust(authority: authority.certificate)
        #expect(failure { try trust.verify(authority.certificate, at: Self.now) } == .authorityInsteadOfLeaf)
        // The first letter of the subject's name, "gateway-1".
        var altered = leaf.der
        let place = try #require(altered.firstRange(of: Array("gateway-1".utf8)))
        altered[place.lowerBound] = UInt8(ascii: "h")
        let forged = try Certificate(der: altered)
        #expect(forged.subject == "CN=hateway-1")
        #expect(failure { try trust.verify(forged, at: Self.now) } == .invalidSignature)
        #expect(!forged.isIssued(by: authority.certificate))
    }

    @Test("role and partitions in critical extensions, understood only by those who say so")
    func carriesRole() throws {
        let authority = try makeAuthority()
        let service = ServiceCertificateExtension(role: "gateway", partitions: ["main", "über"])
        var template = template()
        template.extendedKeyUsage = [.clientAuthentication]
        template.extensions = try service.extensions()
        let leaf = try authority.issue(template, to: try PrivateKey.generate(.p256).publicKey)
        #expect(try ServiceCertificateExtension(of: leaf) == service)
        #expect(try ServiceCertificateExtension(of: authority.certificate) == nil)
        // UTF8String "gateway"
        #expect(
            leaf.extension(oid: ServiceCertificateExtension.roleIdentifier) == bytes("0c 07 67 61 74 65 77 61 79")
        )
        let plain = try CertificateAuthorityTrust(authority: authority.certificate)
        #expect(failure { try plain.verify(leaf, at: Self.now) } == .unknownCriticalExtension)
        let knowing = try CertificateAuthorityTrust(
            authority: authority.certificate,
            understanding: ServiceCertificateExtension.identifiers
        )
        #expect(failure { try knowing.verify(leaf, at: Self.now) } == nil)
    }

    @Test("service extensions that are not whole")
    func refusesServiceExtensions() throws {
        let authority = try makeAuthority()
        let both = try ServiceCertificateExtension(role: "worker", partitions: ["main"]).extensions()
        func code(_ extensions: [CertificateExtension]) throws -> CryptographyError.Code? {
            var template = template()
            template.extensions = extensions
            let leaf = try authority.issue(template, to: try PrivateKey.generate(.p256).publicKey)
            return failure { _ = try ServiceCertificateExtension(of: leaf) }
        }
        func altered(_ item: CertificateExtension, isCritical: Bool = true, value: [UInt8]? = nil)
            -> CertificateExtension
        {
            CertificateExtension(identifier: item.identifier, isCritical: isCritical, value: value ?? item.value)
        }
        #expect(try code([both[0]]) == .invalidCertificate)
        #expect(try code([both[1]]) == .invalidCertificate)
        #expect(try code([altered(both[0], isCritical: false), both[1]]) == .invalidCertificate)
        #expect(try code([altered(both[0], value: bytes("0c 00")), both[1]]) == .invalidCertificate)
        #expect(try code([altered(both[0], value: bytes("0c 01 ff")), both[1]]) == .invalidDER)
        #expect(try code([altered(both[0], value: bytes("0c 01 61 00")), both[1]]) == .trailingData)
        #expect(try code([both[0], altered(both[1], value: bytes("30 03 0c 02 61"))]) == .invalidDER)
        #expect(failure { _ = try ServiceCertificateExtension(role: "", partitions: []).extensions() } != nil)
    }

    @Test("a signature made elsewhere, as by a token; a wrong one is found at once")
    func signsOutside() throws {
        let tokenKey = try PrivateKey.generate(.p256)
        let signer = CertificateSigner(publicKey: tokenKey.publicKey) { message in
            // What a token would return: r and s.
            let raw = try ECDSASignature.raw(fromDER: try tokenKey.sign(message))
            return try ECDSASignature.der(fromRaw: raw)
        }
        let authority = try CertificateAuthority.create(
            commonName: "Token CA",
            validity: .days(30, from: Self.now),
            signer: signer
        )
        let leaf = try authority.issue(template(), to: try PrivateKey.generate(.rsa3072).publicKey)
        let trust = try CertificateAuthorityTrust(authority: authority.certificate)
        #expect(failure { try trust.verify(leaf, at: Self.now) } == nil)
        let broken = CertificateSigner(publicKey: tokenKey.publicKey) { try tokenKey.sign($0 + [0]) }
        #expect(
            failure { _ = try CertificateRequest.create(commonName: "x", signer: broken) } == .invalidSignature
        )
    }

    @Test("templates that can't be issued")
    func refusesTemplates() throws {
        let authority = try makeAuthority()
        let key = try PrivateKey.generate(.p256).publicKey
        func code(_ change: (inout CertificateTemplate) -> Void) -> CryptographyError.Code? {
            var template = template()
            change(&template)
            return failure { _ = try authority.issue(template, to: key) }
        }
        #expect(code { $0.commonName = "" } == .invalidTemplate)
        #expect(code { $0.commonName = String(repeating: "x", count: 65) } == .invalidTemplate)
        #expect(code { $0.commonName = "line\nend" } == .invalidTemplate)
        #expect(code { $0.names = [.dns("no spaces.example")] } == .invalidTemplate)
        #expect(code { $0.names = [.dns("a..b")] } == .invalidTemplate)
        #expect(code { $0.names = [.dns("*")] } == .invalidTemplate)
        #expect(code { $0.names = [.address("300.1.1.1")] } == .invalidTemplate)
        #expect(code { $0.validity = CertificateValidity(notBefore: 10, notAfter: 9) } == .invalidTemplate)
        #expect(
            code { $0.extensions = [CertificateExtension(identifier: "2.5.29.15", isCritical: true, value: [5, 0])] }
                == .invalidTemplate
        )
    }

    @Test("dates on both sides of 2050, where the encoding changes", arguments: [2_524_607_999, 2_524_608_000])
    func encodesDates(end: Int64) throws {
        let authority = try CertificateAuthority.create(
            commonName: "Long CA",
            validity: CertificateValidity(notBefore: 0, notAfter: end),
            key: try PrivateKey.generate(.p256)
        )
        #expect(authority.certificate.notBefore == 0)
        #expect(authority.certificate.notAfter == end)
    }

    @Test("a host as an operator writes it")
    func tellsAddresses() {
        #expect(SubjectAlternativeName(host: "192.0.2.1") == .address("192.0.2.1"))
        #expect(SubjectAlternativeName(host: "::1") == .address("::1"))
        #expect(SubjectAlternativeName(host: "localhost") == .dns("localhost"))
    }
}
