internal import PKCS11

/// The attributes of every key that Keyferry makes or relies on.
///
/// Every use is named, for SoftHSM switches on those that are not; CKA_MODIFIABLE comes last, for SoftHSM refuses what
/// follows it once it is false.
enum KeyTemplates {
    /// OBJECT IDENTIFIER prime256v1 in DER: `06 | 08 | 2A 86 48 CE 3D 03 01 07`.
    static let p256: [UInt8] = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
    static let rsaModulusBits: UInt = 3_072

    /// What the secret or private half of a key of this role must be, and is checked for.
    static func requirements(for role: KeyRole, _ keyWrap: KeyWrap) -> [Attribute] {
        switch role {
        case .rootKeyVersion:
            secretKey(.aes, uses: [.wrap, .unwrap], mechanism: keyWrap.mechanism, unwrapTemplate: passingKeyLimits)
        case .recordMACKey:
            secretKey(.genericSecret, uses: [.sign], mechanism: .sha256HMAC)
        case .ticketKey, .rootKeyImportKey:
            privateKey(.rsa, uses: [.unwrap], mechanism: .rsaOAEP, unwrapTemplate: importedKeyLimits)
        case .checkpointKey:
            privateKey(.ec, uses: [.sign], mechanism: .ecdsa)
        }
    }

    /// What is added to generate a secret key: its length. The token reports it of generated keys, so it is checked.
    static let secretKeyLength = Attribute(.valueLength, .number(32))

    /// The public half. Public keys are used outside the token, so it may do nothing in it but check a signature.
    static func publicKey(for role: KeyRole) -> [Attribute] {
        let uses: [AttributeType] = [.encrypt, .verifyRecover, .wrap, .derive]
        let common = [Attribute(.token, true), Attribute(.isPrivate, false)] + uses.map { Attribute($0, false) }
        switch role {
        case .checkpointKey:
            return common + [Attribute(.verify, true), Attribute(.ecParameters, .bytes(p256))]
        default:
            return common + [
                Attribute(.verify, false), Attribute(.modulusBits, .number(rsaModulusBits)),
                Attribute(.publicExponent, .bytes([0x01, 0x00, 0x01])),
            ]
        }
    }

    /// A key in passing: made or unwrapped for one job, and extractable by wrapping only.
    static func passingKey(_ kind: MaterialKind) -> [Attribute] {
        secretKeyHead(kind.keyType, token: false, extractable: true) + secretUses([])
    }

    /// A gateway's transport key: wraps and unwraps, and never leaves.
    static func transportKey(_ keyWrap: KeyWrap) -> [Attribute] {
        secretKeyHead(.aes, token: false, extractable: false)
            + secretUses([.wrap, .unwrap])
            + [
                Attribute(.copyable, false),
                Attribute(.allowedMechanisms, .mechanisms([keyWrap.mechanism])),
                Attribute(.modifiable, false),
            ]
    }

    /// A front's ticket secret.
    static let ticketSecret: [Attribute] =
        secretKeyHead(.genericSecret, token: false, extractable: false)
        + secretUses([.sign])
        + [
            Attribute(.copyable, false),
            Attribute(.allowedMechanisms, .mechanisms([.sha256HMAC])),
            Attribute(.modifiable, false),
        ]

    /// Keys unwrapped under a root key are of no use but to be wrapped again.
    private static let passingKeyLimits = [
        Attribute(.sensitive, true), Attribute(.encrypt, false), Attribute(.decrypt, false),
    ]

    /// Keys that arrive by RSA-OAEP stay.
    private static let importedKeyLimits = [Attribute(.sensitive, true), Attribute(.extractable, false)]

    private static func secretKeyHead(_ type: KeyType, token: Bool, extractable: Bool) -> [Attribute] {
        [
            .objectClass(.secretKey), .keyType(type), Attribute(.token, token), Attribute(.isPrivate, true),
            Attribute(.sensitive, true), Attribute(.extractable, extractable),
        ]
    }

    private static func secretUses(_ allowed: Set<AttributeType>) -> [Attribute] {
        let uses: [AttributeType] = [.encrypt, .decrypt, .sign, .verify, .wrap, .unwrap, .derive]
        return uses.map { Attribute($0, allowed.contains($0)) }
    }

    private static func secretKey(
        _ type: KeyType,
        uses: Set<AttributeType>,
        mechanism: MechanismType,
        unwrapTemplate: [Attribute] = []
    ) -> [Attribute] {
        secretKeyHead(type, token: true, extractable: false) + secretUses(uses)
            + limits(mechanism, unwrapTemplate)
    }

    private static func privateKey(
        _ type: KeyType,
        uses: Set<AttributeType>,
        mechanism: MechanismType,
        unwrapTemplate: [Attribute] = []
    ) -> [Attribute] {
        let all: [AttributeType] = [.decrypt, .sign, .signRecover, .unwrap, .derive]
        return [
            .objectClass(.privateKey), .keyType(type), Attribute(.token, true), Attribute(.isPrivate, true),
            Attribute(.sensitive, true), Attribute(.extractable, false),
        ] + all.map { Attribute($0, uses.contains($0)) } + limits(mechanism, unwrapTemplate)
    }

    private static func limits(_ mechanism: MechanismType, _ unwrapTemplate: [Attribute]) -> [Attribute] {
        var limits = [
            Attribute(.copyable, false), Attribute(.allowedMechanisms, .mechanisms([mechanism])),
        ]
        if !unwrapTemplate.isEmpty { limits.append(Attribute(.unwrapTemplate, .template(unwrapTemplate))) }
        return limits + [Attribute(.modifiable, false)]
    }
}
