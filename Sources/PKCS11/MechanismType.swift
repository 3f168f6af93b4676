internal import CPKCS11

/// A CK_MECHANISM_TYPE, PKCS #11 Current Mechanisms v2.40.
package struct MechanismType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt

    package init(rawValue: UInt) {
        self.rawValue = rawValue
    }

    package static let aesKeyGeneration = MechanismType(rawValue: CKM_AES_KEY_GEN)
    package static let des3KeyGeneration = MechanismType(rawValue: CKM_DES3_KEY_GEN)
    package static let genericSecretKeyGeneration = MechanismType(rawValue: CKM_GENERIC_SECRET_KEY_GEN)
    package static let rsaKeyPairGeneration = MechanismType(rawValue: CKM_RSA_PKCS_KEY_PAIR_GEN)
    package static let ecKeyPairGeneration = MechanismType(rawValue: CKM_EC_KEY_PAIR_GEN)
    package static let aesKeyWrap = MechanismType(rawValue: CKM_AES_KEY_WRAP)
    package static let aesKeyWrapPad = MechanismType(rawValue: CKM_AES_KEY_WRAP_PAD)
    package static let rsaOAEP = MechanismType(rawValue: CKM_RSA_PKCS_OAEP)
    package static let sha256 = MechanismType(rawValue: CKM_SHA256)
    package static let sha256HMAC = MechanismType(rawValue: CKM_SHA256_HMAC)
    package static let ecdsa = MechanismType(rawValue: CKM_ECDSA)

    package var description: String {
        switch self {
        case .aesKeyGeneration: "CKM_AES_KEY_GEN"
        case .des3KeyGeneration: "CKM_DES3_KEY_GEN"
        case .genericSecretKeyGeneration: "CKM_GENERIC_SECRET_KEY_GEN"
        case .rsaKeyPairGeneration: "CKM_RSA_PKCS_KEY_PAIR_GEN"
        case .ecKeyPairGeneration: "CKM_EC_KEY_PAIR_GEN"
        case .aesKeyWrap: "CKM_AES_KEY_WRAP"
        case .aesKeyWrapPad: "CKM_AES_KEY_WRAP_PAD"
        case .rsaOAEP: "CKM_RSA_PKCS_OAEP"
        case .sha256: "CKM_SHA256"
        case .sha256HMAC: "CKM_SHA256_HMAC"
        case .ecdsa: "CKM_ECDSA"
        default: "mechanism 0x" + String(rawValue, radix: 16)
        }
    }
}

/// A mechanism with its parameter.
package enum Mechanism: Sendable {
    /// Without a parameter.
    case plain(MechanismType)
    /// RSA-OAEP with SHA-1, MGF1-SHA-1 and no label: the only form SoftHSM 2.6.1 has (others: CKR_ARGUMENTS_BAD).
    case rsaOAEPSHA1

    func withCMechanism(_ body: (UnsafeMutablePointer<CK_MECHANISM>) -> CK_RV?) -> CK_RV? {
        switch self {
        case .plain(let type):
            var mechanism = CK_MECHANISM(mechanism: type.rawValue, pParameter: nil, ulParameterLen: 0)
            return body(&mechanism)
        case .rsaOAEPSHA1:
            var parameters = CK_RSA_PKCS_OAEP_PARAMS(
                hashAlg: CKM_SHA_1,
                mgf: CKG_MGF1_SHA1,
                source: CKZ_DATA_SPECIFIED,
                pSourceData: nil,
                ulSourceDataLen: 0
            )
            return withUnsafeMutableBytes(of: &parameters) { bytes in
                var mechanism = CK_MECHANISM(
                    mechanism: CKM_RSA_PKCS_OAEP,
                    pParameter: bytes.baseAddress,
                    ulParameterLen: CK_ULONG(bytes.count)
                )
                return body(&mechanism)
            }
        }
    }
}
