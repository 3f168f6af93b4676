package import Cryptography
internal import PKCS11

/// The operations of jobs.
extension HSMSession {
    /// Makes a key in the token, digests it and wraps it. The key itself does not outlive the call.
    package func generateKey(
        _ kind: MaterialKind,
        under root: TokenKeyIdentifier
    ) throws(HSMError) -> GeneratedKey {
        let begin = metrics.begin()
        defer { metrics.ended(.generate, since: begin) }
        let (mechanism, length) = try generation(of: kind)
        let rootHandle = try handle(of: TokenKey(.rootKeyVersion, root))
        let template = Template(KeyTemplates.passingKey(kind) + length)
        let key = try perform { token throws(PKCS11Error) in
            try token.session.generateKey(.plain(mechanism), template)
        }
        madeObjects(1)
        defer { destroySessionObject(key) }
        let digest = try perform { token throws(PKCS11Error) in try token.session.digestKey(key, .sha256) }
        return GeneratedKey(digestSHA256: digest, wrapped: try wrap(key, kind, under: rootHandle))
    }

    /// Unwraps material under one key and wraps it under another: root to transport for a Get, transport to root for a
    /// Register, root to root for a rotation. The material does not leave the token, nor outlive the call.
    package func rewrap(
        _ wrapped: [UInt8],
        from source: WrappingKey,
        to destination: WrappingKey,
        _ kind: MaterialKind
    ) throws(HSMError) -> [UInt8] {
        let begin = metrics.begin()
        defer { metrics.ended(.rewrap, since: begin) }
        let sourceHandle = try handle(of: source)
        let destinationHandle = try handle(of: destination)
        let key = try unwrap(wrapped, kind, with: sourceHandle)
        defer { destroySessionObject(key) }
        return try wrap(key, kind, under: destinationHandle)
    }

    /// Proves that a root key version can be used, by unwrapping the canary that was made with it.
    package func unwrapCanary(_ canary: [UInt8], under root: TokenKeyIdentifier) throws(HSMError) {
        let begin = metrics.begin()
        defer { metrics.ended(.unwrapCanary, since: begin) }
        let key = TokenKey(.rootKeyVersion, root)
        let handle = try handle(of: key)
        do throws(HSMError) {
            destroySessionObject(try unwrap(canary, Self.canaryKind, with: handle))
        } catch {
            // Another process may have destroyed the version: the next attempt looks for it again.
            handles[key] = nil
            throw error
        }
    }

    /// HMAC-SHA-256 of the context under the record MAC key: the key for the store's records.
    package func deriveRecordKey(
        _ key: TokenKeyIdentifier,
        context: [UInt8]
    ) throws(HSMError) -> SecretBytes {
        try authenticationCode(of: context, with: try handle(of: TokenKey(.recordMACKey, key)))
    }

    /// Signs with the checkpoint key: ECDSA P-256 over SHA-256 of the message, in DER.
    package func sign(_ message: [UInt8], with key: TokenKeyIdentifier) throws(HSMError) -> [UInt8] {
        let handle = try handle(of: TokenKey(.checkpointKey, key))
        let digest = SHA256.hash(message)
        let raw = try perform { token throws(PKCS11Error) in
            try token.session.sign(digest, with: handle, .plain(.ecdsa))
        }
        do {
            return try ECDSASignature.der(fromRaw: raw)
        } catch {
            throw HSMError(.operationFailed, "a signature of \(raw.count) bytes")
        }
    }

    /// Random bytes of the token, for nonces and identifiers.
    package func random(count: Int) throws(HSMError) -> [UInt8] {
        try perform { token throws(PKCS11Error) in try token.session.random(count: count) }
    }

    static var canaryKind: MaterialKind { .aes(byteCount: 32) }

    func authenticationCode(of data: [UInt8], with key: ObjectHandle) throws(HSMError) -> SecretBytes {
        var code: SecretBytes
        do {
            code = try SecretBytes(count: 32)
        } catch {
            throw HSMError(.secureMemory, "\(error)")
        }
        try perform { token throws(PKCS11Error) in
            try token.session.sign(data, with: key, .plain(.sha256HMAC), into: &code)
        }
        return code
    }

    /// Unwraps into a session object that the caller destroys.
    func unwrap(
        _ wrapped: [UInt8],
        _ kind: MaterialKind,
        with key: ObjectHandle
    ) throws(HSMError) -> ObjectHandle {
        guard kind.isSupported else { throw HSMError(.lengthNotSupported, "\(kind)") }
        guard wrapped.count == kind.wrappedByteCount else {
            throw HSMError(.wrappedKeyRejected, "\(wrapped.count) bytes where \(kind) has \(kind.wrappedByteCount)")
        }
        let mechanism = try keyWrap.mechanism
        let template = passingTemplate(kind)
        let object = try perform(rejection: .wrappedKeyRejected) { token throws(PKCS11Error) in
            try token.session.unwrapKey(wrapped, with: key, .plain(mechanism), template)
        }
        madeObjects(1)
        return object
    }

    func wrap(_ key: ObjectHandle, _ kind: MaterialKind, under wrappingKey: ObjectHandle) throws(HSMError) -> [UInt8] {
        let mechanism = try keyWrap.mechanism
        return try perform { token throws(PKCS11Error) in
            try token.session.wrapKey(
                key,
                under: wrappingKey,
                .plain(mechanism),
                capacity: kind.wrappedByteCount
            )
        }
    }

    private func passingTemplate(_ kind: MaterialKind) -> Template {
        if let template = passingTemplates[kind.keyType] { return template }
        let template = Template(KeyTemplates.passingKey(kind))
        passingTemplates[kind.keyType] = template
        return template
    }

    private func generation(of kind: MaterialKind) throws(HSMError) -> (MechanismType, [Attribute]) {
        guard kind.isSupported else { throw HSMError(.lengthNotSupported, "\(kind)") }
        switch kind {
        case .aes(let count):
            return (.aesKeyGeneration, [Attribute(.valueLength, .number(UInt(count)))])
        case .secret(let count):
            return (.genericSecretKeyGeneration, [Attribute(.valueLength, .number(UInt(count)))])
        case .des3:
            guard settings.allowsDES3 else { throw HSMError(.algorithmNotAllowed, "DES3 is switched off") }
            guard token?.mechanisms.contains(.des3KeyGeneration) ?? true else {
                throw HSMError(.algorithmNotAllowed, "the token makes no DES3 keys")
            }
            return (.des3KeyGeneration, [])
        }
    }

    private func handle(of key: WrappingKey) throws(HSMError) -> ObjectHandle {
        switch key {
        case .rootKeyVersion(let identifier): try handle(of: TokenKey(.rootKeyVersion, identifier))
        case .transportKey(let reference): try handle(of: reference)
        }
    }
}
