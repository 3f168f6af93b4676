package import Cryptography
internal import PKCS11

/// The catalogue of keys: making them, finding them, checking them.
extension HSMSession {
    /// The key wrap that this token is used with.
    package var keyWrap: KeyWrap {
        get throws(HSMError) {
            guard let token else { throw HSMError(.unavailable) }
            return token.mechanisms.contains(.aesKeyWrapPad) ? .padded : .plain
        }
    }

    /// Makes a root key version and tries it before anyone learns of it. `label` is for people who list the token's
    /// objects (`rootKeyVersionLabel`); nothing is found by it.
    package func createRootKeyVersion(label: String) throws(HSMError) -> CreatedRootKeyVersion {
        try tried(try createKey(.rootKeyVersion, label: label))
    }

    /// Tries a root key version that is in the token and nobody's yet.
    ///
    /// - Throws: `keyUnusable` where it does not work; it is destroyed then.
    func tried(_ identifier: TokenKeyIdentifier) throws(HSMError) -> CreatedRootKeyVersion {
        do {
            let canary = try generateKey(Self.canaryKind, under: identifier)
            try unwrapCanary(canary.wrapped, under: identifier)
            return CreatedRootKeyVersion(identifier: identifier, canary: canary.wrapped)
        } catch {
            try destroyKey(TokenKey(.rootKeyVersion, identifier))
            throw HSMError(.keyUnusable, cause: error.cause, error.description)
        }
    }

    /// Makes any other key of the catalogue.
    package func createKey(_ role: KeyRole, label: String) throws(HSMError) -> TokenKeyIdentifier {
        let identifier = try newIdentifier()
        let names = [Attribute.label(label), Attribute.identifier(identifier.bytes)]
        let requirements = KeyTemplates.requirements(for: role, try keyWrap)
        switch role {
        case .rootKeyVersion, .recordMACKey:
            let template = Template([KeyTemplates.secretKeyLength] + names + requirements)
            let mechanism: MechanismType = role == .rootKeyVersion ? .aesKeyGeneration : .genericSecretKeyGeneration
            try performWriting { session throws(PKCS11Error) in
                _ = try session.generateKey(.plain(mechanism), template)
            }
        case .ticketKey, .rootKeyImportKey, .checkpointKey:
            let publicKey = Template(names + KeyTemplates.publicKey(for: role) + [Attribute(.modifiable, false)])
            let privateKey = Template(names + requirements)
            let mechanism: MechanismType = role == .checkpointKey ? .ecKeyPairGeneration : .rsaKeyPairGeneration
            try performWriting { session throws(PKCS11Error) in
                _ = try session.generateKeyPair(.plain(mechanism), publicKey: publicKey, privateKey: privateKey)
            }
        }
        _ = try handle(of: TokenKey(role, identifier))
        return identifier
    }

    /// Random, and so nobody else's.
    func newIdentifier() throws(HSMError) -> TokenKeyIdentifier {
        let random = try random(count: TokenKeyIdentifier.byteCount)
        guard let identifier = TokenKeyIdentifier(random) else { throw HSMError(.operationFailed, "CKA_ID") }
        return identifier
    }

    /// Destroys a key, both halves of a pair. Everything wrapped under it is lost.
    package func destroyKey(_ key: TokenKey) throws(HSMError) {
        handles[key] = nil
        knownKeys.remove(key)
        let template = Template([.identifier(key.identifier.bytes), Attribute(.token, true)])
        try performWriting { session throws(PKCS11Error) in
            for object in try session.findObjects(template) { try session.destroy(object) }
        }
    }

    /// Finds and checks every key, and throws one error that names all that is missing or weaker than it must be.
    package func check(_ keys: [TokenKey]) throws(HSMError) {
        var found: [HSMError] = []
        for key in keys {
            do {
                _ = try handle(of: key)
            } catch {
                guard [.keyMissing, .keyAmbiguous, .keyWeak].contains(error.code) else { throw error }
                found.append(error)
            }
        }
        guard let first = found.first else { return }
        let code = found.contains { $0.code == .keyWeak } ? HSMError.Code.keyWeak : first.code
        throw HSMError(code, found.map(\.detail).joined(separator: "; "))
    }

    /// The public half of a key pair, proven to be that of the private half in the token.
    package func publicKey(of key: TokenKey) throws(HSMError) -> PublicKey {
        switch key.role {
        case .rootKeyVersion, .recordMACKey:
            throw HSMError(.operationFailed, "a \(key.role.name) has no public half")
        case .ticketKey, .rootKeyImportKey:
            // From the private key object: it can't be altered by one who may write public objects.
            let handle = try handle(of: key)
            let modulus = try bytes(of: .modulus, in: handle, of: key)
            let exponent = try bytes(of: .publicExponent, in: handle, of: key)
            return try decoding(key) { () throws(CryptographyError) in
                try PublicKey(rsaModulus: modulus, exponent: exponent)
            }
        case .checkpointKey:
            return try checkpointPublicKey(key)
        }
    }

    /// The point is in the public key object only, which one may replace without the PIN: hence the trial signature.
    private func checkpointPublicKey(_ key: TokenKey) throws(HSMError) -> PublicKey {
        let point = try bytes(of: .ecPoint, in: try find(.publicKey, key), of: key)
        let publicKey = try decoding(key) { () throws(CryptographyError) in
            try PublicKey(p256Point: Self.uncompressedPoint(point))
        }
        let trial = Array("keyferry: public half of ".utf8) + (try random(count: 32))
        guard publicKey.verify(signature: try sign(trial, with: key.identifier), of: trial) else {
            throw HSMError(.keyWeak, "\(key): the public key object belongs to another key")
        }
        return publicKey
    }

    /// The handle of a key in this login: found by class and CKA_ID, checked, and then remembered.
    func handle(of key: TokenKey) throws(HSMError) -> ObjectHandle {
        if let handle = handles[key] { return handle }
        let isSecret = key.role == .rootKeyVersion || key.role == .recordMACKey
        let handle = try find(isSecret ? .secretKey : .privateKey, key)
        let weaknesses = try KeyCheck.weaknesses(of: key, handle, in: self)
        guard weaknesses.isEmpty else {
            throw HSMError(.keyWeak, "\(key): \(weaknesses.joined(separator: ", "))")
        }
        handles[key] = handle
        knownKeys.insert(key)
        return handle
    }

    private func find(_ objectClass: ObjectClass, _ key: TokenKey) throws(HSMError) -> ObjectHandle {
        let template = Template([
            .objectClass(objectClass), .identifier(key.identifier.bytes), Attribute(.token, true),
        ])
        let found = try perform { token throws(PKCS11Error) in try token.session.findObjects(template, limit: 2) }
        guard let handle = found.first else { throw missing(key) }
        guard found.count == 1 else { throw HSMError(.keyAmbiguous, "\(key) is in the token more than once") }
        return handle
    }

    private func bytes(of type: AttributeType, in object: ObjectHandle, of key: TokenKey) throws(HSMError) -> [UInt8] {
        let bytes = try perform { token throws(PKCS11Error) in try token.session.bytes(of: type, in: object) }
        guard let bytes else { throw HSMError(.operationFailed, "\(key): the token does not give \(type)") }
        return bytes
    }

    private func decoding(
        _ key: TokenKey,
        _ body: () throws(CryptographyError) -> PublicKey
    ) throws(HSMError) -> PublicKey {
        do { return try body() } catch { throw HSMError(.operationFailed, "\(key): \(error)") }
    }

    /// CKA_EC_POINT is a DER OCTET STRING around the point (PKCS #11 Current Mechanisms v2.40, section 2.3.3); some
    /// tokens give the bare point.
    private static func uncompressedPoint(_ bytes: [UInt8]) -> [UInt8] {
        bytes.count == 67 && bytes[0] == 0x04 && bytes[1] == 65 ? Array(bytes.dropFirst(2)) : bytes
    }

    func requireMechanisms(_ present: Set<MechanismType>) throws(HSMError) {
        var needed: [MechanismType] = [.aesKeyGeneration, .rsaOAEP, .sha256, .sha256HMAC, .ecdsa]
        if !present.contains(.aesKeyWrapPad) { needed.append(.aesKeyWrap) }
        let missing = needed.filter { !present.contains($0) }
        guard missing.isEmpty else {
            let names = missing.map(\.description).joined(separator: ", ")
            throw HSMError(.mechanismsMissing, "the token lacks \(names)")
        }
    }
}
