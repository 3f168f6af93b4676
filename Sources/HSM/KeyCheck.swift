internal import PKCS11

/// Compares a key in the token with what `KeyTemplates` demands of its role.
enum KeyCheck {
    /// The names of the attributes that are missing or weaker; empty for a good key.
    static func weaknesses(
        of key: TokenKey,
        _ handle: ObjectHandle,
        in session: HSMSession
    ) throws(HSMError) -> [String] {
        var names: [String] = []
        for requirement in requirements(for: key.role, try session.keyWrap) {
            let value = try session.perform { token throws(PKCS11Error) in
                try token.session.value(like: requirement, in: handle)
            }
            if requirement == KeyTemplates.secretKeyLength, key.role == .rootKeyVersion,
                try isLengthUntold(value, handle, in: session)
            {
                continue
            }
            if !isMet(requirement, by: value) { names.append(requirement.type.description) }
        }
        if key.role == .ticketKey || key.role == .rootKeyImportKey {
            let modulus = try session.perform { token throws(PKCS11Error) in
                try token.session.bytes(of: .modulus, in: handle)
            }
            if !isLongEnough(modulus) { names.append(AttributeType.modulus.description) }
        }
        return names
    }

    /// Whether the key was imported and the token does not tell its length (SoftHSM says 0): that was found out when it was
    /// imported, before any record named it.
    private static func isLengthUntold(
        _ length: Attribute.Value?,
        _ handle: ObjectHandle,
        in session: HSMSession
    ) throws(HSMError) -> Bool {
        guard length == nil || length == .number(0) else { return false }
        return try session.perform { token throws(PKCS11Error) in
            try token.session.value(like: Attribute(.local, false), in: handle) == .flag(false)
        }
    }

    static func requirements(for role: KeyRole, _ keyWrap: KeyWrap) -> [Attribute] {
        let requirements = KeyTemplates.requirements(for: role, keyWrap)
        switch role {
        case .rootKeyVersion, .recordMACKey: return requirements + [KeyTemplates.secretKeyLength]
        case .checkpointKey: return requirements + [Attribute(.ecParameters, .bytes(KeyTemplates.p256))]
        case .ticketKey, .rootKeyImportKey: return requirements
        }
    }

    /// A missing value meets nothing. An unwrap template may say more than it must. Allowed mechanisms must be exactly
    /// the ones required: an empty list means "all".
    static func isMet(_ requirement: Attribute, by value: Attribute.Value?) -> Bool {
        guard let value else { return false }
        if case (.template(let required), .template(let actual)) = (requirement.value, value) {
            return Set(required).isSubset(of: Set(actual))
        }
        return value == requirement.value
    }

    private static func isLongEnough(_ modulus: [UInt8]?) -> Bool {
        guard let modulus else { return false }
        let significant = modulus.drop { $0 == 0 }
        guard let first = significant.first else { return false }
        return UInt(significant.count * 8 - first.leadingZeroBitCount) >= KeyTemplates.rsaModulusBits
    }
}
