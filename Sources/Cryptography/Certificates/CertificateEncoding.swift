import CCrypto
import Glibc

/// The parts of a TBSCertificate (RFC 5280, section 4.1).
enum CertificateEncoding {
    /// Name with one part: the common name, as UTF8String.
    static func name(commonName: String) throws(CryptographyError) -> [UInt8] {
        let isPrintable = commonName.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard (1...64).contains(commonName.unicodeScalars.count), isPrintable else {
            throw CryptographyError(code: .invalidTemplate, operation: "CertificateEncoding.name")
        }
        var writer = DERWriter()
        writer.sequence { name in
            name.constructed(.set) { part in
                part.sequence { attribute in
                    attribute.objectIdentifier(ObjectIdentifier(2, 5, 4, 3))
                    attribute.utf8String(commonName)
                }
            }
        }
        return writer.bytes
    }

    /// The subject's Name as it stands in a certificate, to be copied as an issuer: names are compared byte for byte.
    static func subjectName(of certificate: Certificate) throws(CryptographyError) -> [UInt8] {
        try encodeDER("i2d_X509_NAME") { output in
            certificate.handle.withPointer { i2d_X509_NAME(X509_get_subject_name($0), output) }
        }
    }

    static func validity(_ validity: CertificateValidity) throws(CryptographyError) -> [UInt8] {
        guard validity.notBefore <= validity.notAfter else {
            throw CryptographyError(code: .invalidTemplate, operation: "CertificateEncoding.validity")
        }
        let notBefore = try time(validity.notBefore)
        let notAfter = try time(validity.notAfter)
        var writer = DERWriter()
        writer.sequence { sequence in
            sequence.encoded(notBefore)
            sequence.encoded(notAfter)
        }
        return writer.bytes
    }

    /// UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280, section 4.1.2.5).
    private static func time(_ seconds: Int64) throws(CryptographyError) -> [UInt8] {
        var instant = time_t(seconds)
        var parts = tm()
        guard gmtime_r(&instant, &parts) != nil, (50...8_099).contains(parts.tm_year) else {
            throw CryptographyError(code: .invalidTemplate, operation: "CertificateEncoding.time")
        }
        let year = Int(parts.tm_year) + 1_900
        let rest = [parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec]
        let digits = rest.map { twoDigits(Int($0)) }.joined() + "Z"
        var writer = DERWriter()
        if year < 2_050 {
            writer.primitive(.utcTime, Array((twoDigits(year % 100) + digits).utf8))
        } else {
            writer.primitive(.generalizedTime, Array((String(year) + digits).utf8))
        }
        return writer.bytes
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : String(number)
    }

    /// Twenty random bytes, the most that RFC 5280, section 4.1.2.2 allows, positive and of full length.
    static func randomSerialNumber() throws(CryptographyError) -> [UInt8] {
        var serial = try RandomBytes.generate(count: 20)
        serial[0] = serial[0] & 0x7F | 0x40
        return serial
    }

    /// The first 160 bits of the SHA-256 of the subjectPublicKey BIT STRING (RFC 7093, section 2, method 1).
    static func keyIdentifier(of key: PublicKey) throws(CryptographyError) -> [UInt8] {
        var outer = DERReader(key.subjectPublicKeyInfo)
        var information = DERReader(try outer.read(.sequence))
        _ = try information.read(.sequence)
        // The first byte counts the unused bits.
        let subjectPublicKey = try information.read(.bitString).dropFirst()
        return Array(SHA256.hash(Array(subjectPublicKey)).prefix(20))
    }
}
