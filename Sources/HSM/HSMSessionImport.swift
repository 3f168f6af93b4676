internal import PKCS11

/// Root keys that their owner made and brings wrapped.
extension HSMSession {
    /// Unwraps an owner's key (RSA-OAEP) with the import key, and keeps it in the token as a root key version like those
    /// that are made there: nothing outside the token sees it. It is tried before anyone learns of it.
    ///
    /// - Parameter label: as of `createRootKeyVersion`.
    /// - Throws: `wrappedKeyRejected` for what was altered or wrapped for another key, `lengthNotSupported` for a key that
    ///   has not 32 bytes, `lengthNotTold` where the token leaves that open, `keyUnusable`. Nothing is left in the token
    ///   then.
    package func importRootKeyVersion(
        _ wrapped: [UInt8],
        with importKey: TokenKeyIdentifier,
        label: String
    ) throws(HSMError) -> CreatedRootKeyVersion {
        let importKey = try handle(of: TokenKey(.rootKeyImportKey, importKey))
        try requireRootKeyLength(of: wrapped, with: importKey)
        let identifier = try newIdentifier()
        let template = Template(
            [Attribute.label(label), Attribute.identifier(identifier.bytes)]
                + KeyTemplates.requirements(for: .rootKeyVersion, try keyWrap)
        )
        try performWriting { session throws(PKCS11Error) in
            _ = try session.unwrapKey(wrapped, with: importKey, .rsaOAEPSHA1, template)
        }
        return try tried(identifier)
    }

    /// Finds out that a wrapped key has 32 bytes, by objects of the session: one of another length never becomes an object
    /// of the token.
    private func requireRootKeyLength(of wrapped: [UInt8], with importKey: ObjectHandle) throws(HSMError) {
        let key = try unwrapForTrial(wrapped, with: importKey, KeyTemplates.transportKey(try keyWrap))
        defer { destroySessionObject(key) }
        let told = try perform { token throws(PKCS11Error) in
            try token.session.value(like: KeyTemplates.secretKeyLength, in: key)
        }
        switch told {
        case KeyTemplates.secretKeyLength.value: return
        case nil, .number(0): break
        default: throw HSMError(.lengthNotSupported)
        }
        // SoftHSM takes bytes of any number for an AES key and says 0 of each. Only 16, 24 and 32 of them wrap.
        guard try wraps(key) else { throw HSMError(.lengthNotSupported) }
        // For HMAC-SHA-256 it takes 32 bytes and more. That is a token's choice, so a key of 24 bytes is tried first.
        guard try !allowsShortHMACKey() else {
            throw HSMError(.lengthNotTold, "the token does not tell the length of a key that it unwrapped")
        }
        let secret = try unwrapForTrial(wrapped, with: importKey, KeyTemplates.ticketSecret)
        defer { destroySessionObject(secret) }
        guard try authenticates(with: secret) else { throw HSMError(.lengthNotSupported) }
    }

    private func unwrapForTrial(
        _ wrapped: [UInt8],
        with importKey: ObjectHandle,
        _ attributes: [Attribute]
    ) throws(HSMError) -> ObjectHandle {
        let template = Template(attributes)
        let key = try perform(rejection: .wrappedKeyRejected) { token throws(PKCS11Error) in
            try token.session.unwrapKey(wrapped, with: importKey, .rsaOAEPSHA1, template)
        }
        madeObjects(1)
        return key
    }

    /// Whether a key wraps another.
    private func wraps(_ key: ObjectHandle) throws(HSMError) -> Bool {
        let kind = Self.canaryKind
        let template = Template([KeyTemplates.secretKeyLength] + KeyTemplates.passingKey(kind))
        let other = try perform { token throws(PKCS11Error) in
            try token.session.generateKey(.plain(.aesKeyGeneration), template)
        }
        madeObjects(1)
        defer { destroySessionObject(other) }
        do throws(HSMError) {
            _ = try wrap(other, kind, under: key)
            return true
        } catch {
            guard error.code == .operationFailed else { throw error }
            return false
        }
    }

    private func allowsShortHMACKey() throws(HSMError) -> Bool {
        let template = Template([Attribute(.valueLength, .number(24))] + KeyTemplates.ticketSecret)
        let short = try perform { token throws(PKCS11Error) in
            try token.session.generateKey(.plain(.genericSecretKeyGeneration), template)
        }
        madeObjects(1)
        defer { destroySessionObject(short) }
        return try authenticates(with: short)
    }

    /// Whether a key is long enough for HMAC-SHA-256.
    private func authenticates(with key: ObjectHandle) throws(HSMError) -> Bool {
        do throws(HSMError) {
            _ = try authenticationCode(of: [0], with: key)
            return true
        } catch {
            guard error.cause?.code == .keySizeRange else { throw error }
            return false
        }
    }
}
