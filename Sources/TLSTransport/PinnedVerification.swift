internal import CSSL

/// The fingerprint that a client's server must have and the one that it was found to have: of one connection, in reach of
/// libssl's verify callback, which runs within `SSL_do_handshake` on the connection's event loop.
final class PinnedVerification {
    let expected: [UInt8]
    fileprivate(set) var found: [UInt8]?

    init(expected: [UInt8]) {
        self.expected = expected
    }

    /// Makes it what `verifyPinnedCertificate` looks at. The caller keeps it for as long as the SSL object.
    func attach(to ssl: OpaquePointer) throws(TLSError) {
        // Index 0 is the application's own (SSL_set_app_data(3)).
        guard SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque()) == 1 else {
            throw TLSError.fromLibrary(fallback: .libraryFailure)
        }
    }
}

/// libssl's whole verification of the server's certificate (SSL_CTX_set_cert_verify_callback(3)): it is the pinned one or
/// it is not. Dates, names and issuer are not looked at, for the pin names this very certificate.
func verifyPinnedCertificate(_ verification: OpaquePointer?, _ argument: UnsafeMutableRawPointer?) -> CInt {
    guard let certificate = X509_STORE_CTX_get0_cert(verification),
        let ssl = X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()),
        let pinned = SSL_get_ex_data(OpaquePointer(ssl), 0)
    else { return 0 }
    let pin = Unmanaged<PinnedVerification>.fromOpaque(pinned).takeUnretainedValue()
    pin.found = sha256Fingerprint(of: certificate)
    if pin.found == pin.expected { return 1 }
    X509_STORE_CTX_set_error(verification, X509_V_ERR_CERT_UNTRUSTED)
    return 0
}

/// The SHA-256 digest of an X509's DER form, or nil if libcrypto failed.
func sha256Fingerprint(of certificate: OpaquePointer) -> [UInt8]? {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: CUnsignedInt = 0
    guard X509_digest(certificate, EVP_sha256(), &digest, &count) == 1 else { return nil }
    return Array(digest.prefix(Int(count)))
}
