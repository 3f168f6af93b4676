/// What a key may be used for (KMIP 1.4, sections 3.19 and 9.1.3.3.1).
package struct CryptographicUsageMask: OptionSet, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    package static let sign = Self(rawValue: 0x01)
    package static let verify = Self(rawValue: 0x02)
    package static let encrypt = Self(rawValue: 0x04)
    package static let decrypt = Self(rawValue: 0x08)
    package static let wrapKey = Self(rawValue: 0x10)
    package static let unwrapKey = Self(rawValue: 0x20)
    package static let export = Self(rawValue: 0x40)
    package static let macGenerate = Self(rawValue: 0x80)
    package static let macVerify = Self(rawValue: 0x100)
    package static let deriveKey = Self(rawValue: 0x200)
    package static let contentCommitment = Self(rawValue: 0x400)
    package static let keyAgreement = Self(rawValue: 0x800)
    package static let certificateSign = Self(rawValue: 0x1000)
    package static let crlSign = Self(rawValue: 0x2000)
    package static let generateCryptogram = Self(rawValue: 0x4000)
    package static let validateCryptogram = Self(rawValue: 0x8000)
    package static let translateEncrypt = Self(rawValue: 0x10000)
    package static let translateDecrypt = Self(rawValue: 0x20000)
    package static let translateWrap = Self(rawValue: 0x40000)
    package static let translateUnwrap = Self(rawValue: 0x80000)

    private static let standardNames = [
        "Sign", "Verify", "Encrypt", "Decrypt", "Wrap Key", "Unwrap Key", "Export", "MAC Generate", "MAC Verify",
        "Derive Key", "Content Commitment", "Key Agreement", "Certificate Sign", "CRL Sign", "Generate Cryptogram",
        "Validate Cryptogram", "Translate Encrypt", "Translate Decrypt", "Translate Wrap", "Translate Unwrap",
    ]

    /// The names of the bits that are set, lowest first; bits without a name are left out.
    package var names: [String] {
        Self.standardNames.enumerated().filter { rawValue & 1 << $0.offset != 0 }.map(\.element)
    }
}
