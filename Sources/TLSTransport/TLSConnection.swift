internal import CSSL
internal import Cryptography
internal import NIOCore

/// One end of one TLS connection: ciphertext in and out as buffers, plaintext in and out, no I/O and no clock. The
/// pointer to libssl's SSL lives here. Not Sendable: it belongs to the event loop of its channel.
///
/// libssl keeps its errors in a queue of the calling thread. Each method here empties the queue, calls once, and turns
/// what it finds into a TLSError before it returns.
final class TLSConnection {
    enum Handshake {
        case done(TLSSession)
        case needsInput
    }

    enum Read<Plaintext> {
        case plaintext(Plaintext)
        case needsInput
        /// The peer sent close_notify.
        case closed
    }

    /// The largest plaintext of one record (RFC 8446, 5.1).
    private static let maximumRecordPlaintext = 16_384

    private let context: TLSContext
    private let pipe = CiphertextPipe()
    private let pointer: OpaquePointer
    /// Borrowed by the SSL object.
    private let pin: PinnedVerification?

    init(context: TLSContext) throws(TLSError) {
        self.context = context
        ERR_clear_error()
        guard let pointer = SSL_new(context.pointer) else { throw TLSError.fromLibrary(fallback: .libraryFailure) }
        self.pointer = pointer
        pin = context.pinnedFingerprint.map { PinnedVerification(expected: $0) }
        try pin?.attach(to: pointer)
        // Read and write side are the same BIO; libssl takes over its one reference.
        let bio = try pipe.makeBIO()
        SSL_set_bio(pointer, bio, bio)
        switch context.role {
        case .server:
            SSL_set_accept_state(pointer)
        case .client:
            SSL_set_connect_state(pointer)
            if let name = context.serverNameIndication, CSSL_set_tlsext_host_name(pointer, name) != 1 {
                throw TLSError.fromLibrary(fallback: .libraryFailure)
            }
        }
    }

    deinit {
        SSL_free(pointer)
    }

    // MARK: Ciphertext

    func receive(_ ciphertext: consuming ByteBuffer) {
        pipe.receive(ciphertext)
    }

    /// What is to be sent now. Look here after every other call, failed ones too: an alert may be in it.
    func takeOutgoing() -> ByteBuffer? {
        pipe.takeOutgoing()
    }

    // MARK: Handshake

    func advanceHandshake() throws(TLSError) -> Handshake {
        ERR_clear_error()
        let result = SSL_do_handshake(pointer)
        if result == 1 { return .done(try session()) }
        switch SSL_get_error(pointer, result) {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_ZERO_RETURN: throw TLSError(.closedDuringHandshake)
        default: throw handshakeFailure()
        }
    }

    private func handshakeFailure() -> TLSError {
        let error = TLSError.fromLibrary(fallback: .protocolViolation)
        guard error.code == .peerCertificateRefused else { return error }
        if let found = pin?.found {
            return TLSError(.peerCertificateNotPinned, detail: "SHA-256 fingerprint \(hexadecimal(found))")
        }
        let result = SSL_get_verify_result(pointer)
        return TLSError(error.code, detail: X509_verify_cert_error_string(result).map { String(cString: $0) } ?? "")
    }

    private func session() throws(TLSError) -> TLSSession {
        let certificate = try peerCertificate()
        if context.role == .server, certificate == nil {
            // A client without a certificate may have one the next time: it must not resume as nobody.
            SSL_CTX_remove_session(context.pointer, SSL_get_session(pointer))
        }
        let cipher = SSL_CIPHER_get_name(SSL_get_current_cipher(pointer)).map { String(cString: $0) }
        return TLSSession(
            peerCertificate: certificate,
            version: SSL_version(pointer) == TLS1_3_VERSION ? .tls13 : .tls12,
            cipherSuite: cipher ?? "",
            isResumed: SSL_session_reused(pointer) == 1
        )
    }

    private func peerCertificate() throws(TLSError) -> Certificate? {
        guard let pointer = SSL_get0_peer_certificate(pointer) else { return nil }
        do {
            return try Certificate(unsafeX509: pointer)
        } catch {
            let fingerprint = sha256Fingerprint(of: pointer) ?? []
            throw TLSError(.peerCertificateUnreadable, detail: "SHA-256 fingerprint \(hexadecimal(fingerprint))")
        }
    }

    // MARK: Plaintext

    /// The plaintext of the next record. Call again until it says that it needs input.
    func read<Plaintext: TLSPlaintext>(_ type: Plaintext.Type) throws(TLSError) -> Read<Plaintext> {
        while true {
            ERR_clear_error()
            // A read of nothing has the next record decrypted; its length is then known and memory of that size made.
            var nothing: UInt8 = 0
            let result = SSL_read(pointer, &nothing, 0)
            let count = SSL_pending(pointer)
            if count > 0 { return .plaintext(try take(Int(count))) }
            switch SSL_get_error(pointer, result) {
            case SSL_ERROR_WANT_READ: return .needsInput
            case SSL_ERROR_ZERO_RETURN: return .closed
            // No error and nothing read: an empty record. libssl limits how many come in a row.
            case SSL_ERROR_SYSCALL where ERR_peek_error() == 0: continue
            default: throw failure()
            }
        }
    }

    private func take<Plaintext: TLSPlaintext>(_ count: Int) throws(TLSError) -> Plaintext {
        let message = try Plaintext.message(count: count) { space in
            Int(SSL_read(pointer, space.baseAddress, CInt(space.count)))
        }
        guard let message else { throw failure() }
        return message
    }

    /// Encrypts all of the plaintext. The handshake must be done.
    func write(_ plaintext: some TLSPlaintext) throws(TLSError) {
        try plaintext.withPlaintextBytes { write($0) }.get()
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Result<Void, TLSError> {
        var rest = bytes[...]
        while !rest.isEmpty {
            ERR_clear_error()
            let record = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.maximumRecordPlaintext))
            // The pipe takes every byte, so this never waits: what is not written has failed.
            let count = SSL_write(pointer, record.baseAddress, CInt(record.count))
            guard count > 0 else { return .failure(failure()) }
            rest = rest.dropFirst(Int(count))
        }
        return .success(())
    }

    /// Adds close_notify to what is to be sent. Nothing can be written after it.
    func sendCloseNotify() {
        ERR_clear_error()
        // The result says whether the peer's close_notify is here too, which `read` reports.
        _ = SSL_shutdown(pointer)
        ERR_clear_error()
    }

    /// After the handshake a record that is none is a broken protocol, not a peer without TLS.
    private func failure() -> TLSError {
        let error = TLSError.fromLibrary(fallback: .protocolViolation)
        return error.code == .notTLS ? TLSError(.protocolViolation, detail: error.detail) : error
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".unicodeScalars)
    var text = String.UnicodeScalarView()
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 0x0F)])
    }
    return String(text)
}
