internal import CSSL
internal import Cryptography

/// Everything that the connections of a listener, or of a client, have in common: identity, trust, protocol versions,
/// cipher suites and the cache of sessions. The pointer to libssl's SSL_CTX lives here.
///
/// Renegotiation and compression are off; TLS 1.2 is the lowest version; plaintext is wiped from libssl's buffers once
/// it was read. Session tickets are off: sessions are kept by the server and named by an id, so that there is no ticket
/// key whose loss would open recorded sessions, and so that a session can be forgotten.
///
/// @unchecked Sendable: an SSL_CTX may be used by any number of threads once it is set up (OpenSSL, "openssl-threads");
/// all setting up is done in the initializers, and the other properties never change.
package final class TLSContext: @unchecked Sendable {
    package enum Role: Sendable {
        case server
        case client
    }

    package let role: Role
    let serverNameIndication: String?
    let pointer: OpaquePointer
    /// A client's only criterion for its server, unless nil.
    let pinnedFingerprint: [UInt8]?

    /// A context for a server.
    package init(server configuration: TLSServerConfiguration) throws(TLSError) {
        role = .server
        serverNameIndication = nil
        pinnedFingerprint = nil
        pointer = try Self.newContext(TLS_server_method(), ciphers: configuration.ciphers)
        try use(configuration.identity)
        try keepSessions(
            count: configuration.sessionCacheCount,
            lifetimeSeconds: configuration.sessionLifetimeSeconds
        )
        switch configuration.clientCertificates {
        case .requested:
            SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
            SSL_CTX_set_cert_verify_callback(pointer, { _, _ in 1 }, nil)
        case .required(let authorities):
            SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
            try trust(authorities, announcing: true)
        }
    }

    /// A context for a client.
    package init(client configuration: TLSClientConfiguration) throws(TLSError) {
        role = .client
        serverNameIndication = configuration.serverNameIndication
        if case .pinned(let fingerprint) = configuration.trust {
            pinnedFingerprint = fingerprint
        } else {
            pinnedFingerprint = nil
        }
        pointer = try Self.newContext(TLS_client_method(), ciphers: configuration.ciphers)
        if let identity = configuration.identity {
            try use(identity)
        }
        SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
        switch configuration.trust {
        case .pinned:
            SSL_CTX_set_cert_verify_callback(pointer, verifyPinnedCertificate, nil)
        case .authorities(let authorities, let serverName):
            try trust(authorities, announcing: false)
            if let serverName {
                try require(serverName: serverName)
            }
        }
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    private static func newContext(
        _ method: OpaquePointer?,
        ciphers: TLSCipherPolicy
    ) throws(TLSError) -> OpaquePointer {
        ERR_clear_error()
        guard let context = SSL_CTX_new(method) else { throw TLSError.fromLibrary(fallback: .libraryFailure) }
        // Stated here, because the system's openssl.cnf may set something else. Level 2: at least 112 bits.
        SSL_CTX_set_security_level(context, 2)
        SSL_CTX_set_options(
            context,
            CSSL_OP_NO_COMPRESSION | CSSL_OP_NO_RENEGOTIATION | CSSL_OP_CLEANSE_PLAINTEXT
                | CSSL_OP_CIPHER_SERVER_PREFERENCE | CSSL_OP_NO_TICKET
        )
        CSSL_CTX_set_mode(context, CLong(SSL_MODE_RELEASE_BUFFERS))
        guard CSSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1,
            SSL_CTX_set_cipher_list(context, ciphers.cipherList) == 1
        else {
            SSL_CTX_free(context)
            throw TLSError.fromLibrary(fallback: .libraryFailure)
        }
        return context
    }

    private func use(_ identity: TLSIdentity) throws(TLSError) {
        let certificateTaken = identity.certificate.withUnsafeX509 { SSL_CTX_use_certificate(pointer, $0) }
        let keyTaken = identity.privateKey.withUnsafeEVPKey { SSL_CTX_use_PrivateKey(pointer, $0) }
        guard certificateTaken == 1, keyTaken == 1, SSL_CTX_check_private_key(pointer) == 1 else {
            throw TLSError(.identityRefused, detail: TLSError.fromLibrary(fallback: .identityRefused).detail)
        }
        for certificate in identity.intermediates {
            let added = certificate.withUnsafeX509 { CSSL_CTX_add1_chain_cert(pointer, $0) }
            guard added == 1 else { throw TLSError.fromLibrary(fallback: .identityRefused) }
        }
    }

    /// Sessions can be resumed only within a session id context: without one, libssl refuses every resumption with a
    /// client certificate (SSL_CTX_set_session_id_context(3)). It has one meaning per SSL_CTX, whose cache is its own.
    private func keepSessions(count: Int, lifetimeSeconds: Int) throws(TLSError) {
        let context = Array("keyferry".utf8)
        guard SSL_CTX_set_session_id_context(pointer, context, CUnsignedInt(context.count)) == 1,
            // One session per handshake, which is then the one that `SSL_get_session` names.
            SSL_CTX_set_num_tickets(pointer, 1) == 1
        else { throw TLSError.fromLibrary(fallback: .libraryFailure) }
        CSSL_CTX_set_session_cache_mode(pointer, CLong(SSL_SESS_CACHE_SERVER))
        CSSL_CTX_sess_set_cache_size(pointer, count)
        SSL_CTX_set_timeout(pointer, lifetimeSeconds)
    }

    /// - Parameter announcing: whether the authorities' names are sent with the request for a certificate.
    private func trust(_ authorities: [Certificate], announcing: Bool) throws(TLSError) {
        let store = SSL_CTX_get_cert_store(pointer)
        for authority in authorities {
            let added = authority.withUnsafeX509 { certificate in
                X509_STORE_add_cert(store, certificate) == 1
                    && (!announcing || SSL_CTX_add_client_CA(pointer, certificate) == 1)
            }
            guard added else { throw TLSError.fromLibrary(fallback: .libraryFailure) }
        }
        // An authority given to us is an end of the chain, also where it is not self-signed.
        X509_STORE_set_flags(store, CUnsignedLong(X509_V_FLAG_PARTIAL_CHAIN))
    }

    private func require(serverName: String) throws(TLSError) {
        let parameters = SSL_CTX_get0_param(pointer)
        if X509_VERIFY_PARAM_set1_ip_asc(parameters, serverName) == 1 { return }
        ERR_clear_error()
        guard X509_VERIFY_PARAM_set1_host(parameters, serverName, serverName.utf8.count) == 1 else {
            throw TLSError.fromLibrary(fallback: .libraryFailure)
        }
    }
}
