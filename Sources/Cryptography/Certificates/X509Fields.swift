import CCrypto
import Glibc

/// Reads the parts of libcrypto's certificate structures. The pointers passed in live as long as their certificate.
enum X509Fields {
    static func text(ofName name: OpaquePointer?) throws(CryptographyError) -> String {
        let bio = try check(BIO_new(BIO_s_mem()), .operationFailed, "BIO_new")
        defer { BIO_free_all(bio) }
        // Returns 0 for a name without parts, which is allowed.
        let result = X509_NAME_print_ex(bio, name, 0, CCrypto_RFC2253_flags())
        try check(result + 1, .invalidCertificate, "X509_NAME_print_ex")
        var start: UnsafeMutablePointer<CChar>?
        let length = CCrypto_BIO_get_mem_data(bio, &start)
        return String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
    }

    static func serialNumber(of x509: OpaquePointer) -> [UInt8] {
        bytes(of: X509_get0_serialNumber(x509))
    }

    /// Seconds since 1970 of a UTCTime or GeneralizedTime.
    static func seconds(of time: UnsafePointer<ASN1_TIME>?) throws(CryptographyError) -> Int64 {
        var parts = tm()
        try check(ASN1_TIME_to_tm(time, &parts), .invalidCertificate, "ASN1_TIME_to_tm")
        return Int64(timegm(&parts))
    }

    static func extensions(of x509: OpaquePointer) throws(CryptographyError) -> [CertificateExtension] {
        var extensions: [CertificateExtension] = []
        for index in 0..<max(0, X509_get_ext_count(x509)) {
            let pointer = try check(X509_get_ext(x509, index), .invalidCertificate, "X509_get_ext")
            extensions.append(
                CertificateExtension(
                    identifier: try dottedText(of: X509_EXTENSION_get_object(pointer)),
                    isCritical: X509_EXTENSION_get_critical(pointer) == 1,
                    value: bytes(of: X509_EXTENSION_get_data(pointer))
                )
            )
        }
        guard Set(extensions.map(\.identifier)).count == extensions.count else {
            // RFC 5280, section 4.2: no extension twice.
            throw CryptographyError(code: .invalidCertificate, operation: "X509_get_ext", cause: "repeated extension")
        }
        return extensions
    }

    private static func dottedText(of object: OpaquePointer?) throws(CryptographyError) -> String {
        var text = [CChar](repeating: 0, count: 256)
        let length = OBJ_obj2txt(&text, Int32(text.count), object, 1)
        guard length > 0, Int(length) < text.count else {
            throw CryptographyError(code: .invalidCertificate, operation: "OBJ_obj2txt", cause: drainErrorQueue())
        }
        return String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func bytes(of string: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        guard let string, let start = ASN1_STRING_get0_data(string) else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(string))))
    }
}
