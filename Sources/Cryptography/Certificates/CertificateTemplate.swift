/// From when to when a certificate is valid, in seconds since 1970, both included.
package struct CertificateValidity: Sendable, Hashable {
    package let notBefore: Int64
    package let notAfter: Int64

    package init(notBefore: Int64, notAfter: Int64) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// From five minutes before `now`, for clocks that are a little behind, until a number of days after it.
    package static func days(_ count: Int, from now: Int64) -> CertificateValidity {
        CertificateValidity(notBefore: now - 300, notAfter: now + Int64(count) * 86_400)
    }
}

/// What a key may do (RFC 5280, section 4.2.1.3).
package struct CertificateKeyUsage: OptionSet, Sendable, Hashable {
    /// Bit n of the standard's BIT STRING is bit 7 - n here, as it is on the wire.
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let digitalSignature = CertificateKeyUsage(rawValue: 0x80)
    /// Also what TLS 1.2's RSA key exchange asks of a server's certificate.
    package static let keyEncipherment = CertificateKeyUsage(rawValue: 0x20)
    package static let keyCertSign = CertificateKeyUsage(rawValue: 0x04)
    package static let crlSign = CertificateKeyUsage(rawValue: 0x02)
}

/// What a certificate is for (RFC 5280, section 4.2.1.12).
package enum ExtendedKeyUsage: Sendable, Hashable {
    case serverAuthentication
    case clientAuthentication

    var identifier: ObjectIdentifier {
        switch self {
        case .serverAuthentication: ObjectIdentifier(1, 3, 6, 1, 5, 5, 7, 3, 1)
        case .clientAuthentication: ObjectIdentifier(1, 3, 6, 1, 5, 5, 7, 3, 2)
        }
    }
}

/// What a certificate that is to be issued says about its holder.
package struct CertificateTemplate: Sendable, Hashable {
    /// 1 to 64 characters (RFC 5280, appendix A.1, ub-common-name).
    package var commonName: String
    package var validity: CertificateValidity
    /// A whole Name in DER, such as a request's, in place of the one with the common name alone.
    package var subjectName: [UInt8]?
    package var names: [SubjectAlternativeName] = []
    package var keyUsage: CertificateKeyUsage = [.digitalSignature]
    package var extendedKeyUsage: [ExtendedKeyUsage] = []
    /// Extensions of one's own. The standard ones are made from the fields above and must not be repeated here.
    package var extensions: [CertificateExtension] = []

    package init(commonName: String, validity: CertificateValidity) {
        self.commonName = commonName
        self.validity = validity
    }
}
