internal import CPKCS11

/// A CK_ATTRIBUTE_TYPE, PKCS #11 v2.40 section 4.
package struct AttributeType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt

    package init(rawValue: UInt) {
        self.rawValue = rawValue
    }

    package static let objectClass = AttributeType(rawValue: CKA_CLASS)
    package static let token = AttributeType(rawValue: CKA_TOKEN)
    package static let isPrivate = AttributeType(rawValue: CKA_PRIVATE)
    package static let label = AttributeType(rawValue: CKA_LABEL)
    package static let application = AttributeType(rawValue: CKA_APPLICATION)
    package static let value = AttributeType(rawValue: CKA_VALUE)
    package static let keyType = AttributeType(rawValue: CKA_KEY_TYPE)
    package static let identifier = AttributeType(rawValue: CKA_ID)
    package static let sensitive = AttributeType(rawValue: CKA_SENSITIVE)
    package static let encrypt = AttributeType(rawValue: CKA_ENCRYPT)
    package static let decrypt = AttributeType(rawValue: CKA_DECRYPT)
    package static let wrap = AttributeType(rawValue: CKA_WRAP)
    package static let unwrap = AttributeType(rawValue: CKA_UNWRAP)
    package static let sign = AttributeType(rawValue: CKA_SIGN)
    package static let signRecover = AttributeType(rawValue: CKA_SIGN_RECOVER)
    package static let verify = AttributeType(rawValue: CKA_VERIFY)
    package static let verifyRecover = AttributeType(rawValue: CKA_VERIFY_RECOVER)
    package static let derive = AttributeType(rawValue: CKA_DERIVE)
    package static let local = AttributeType(rawValue: CKA_LOCAL)
    package static let modulus = AttributeType(rawValue: CKA_MODULUS)
    package static let modulusBits = AttributeType(rawValue: CKA_MODULUS_BITS)
    package static let publicExponent = AttributeType(rawValue: CKA_PUBLIC_EXPONENT)
    package static let valueLength = AttributeType(rawValue: CKA_VALUE_LEN)
    package static let extractable = AttributeType(rawValue: CKA_EXTRACTABLE)
    package static let modifiable = AttributeType(rawValue: CKA_MODIFIABLE)
    package static let copyable = AttributeType(rawValue: CKA_COPYABLE)
    package static let ecParameters = AttributeType(rawValue: CKA_EC_PARAMS)
    package static let ecPoint = AttributeType(rawValue: CKA_EC_POINT)
    package static let unwrapTemplate = AttributeType(rawValue: CKA_UNWRAP_TEMPLATE)
    package static let allowedMechanisms = AttributeType(rawValue: CKA_ALLOWED_MECHANISMS)

    private static let names: [AttributeType: String] = [
        .objectClass: "CKA_CLASS", .token: "CKA_TOKEN", .isPrivate: "CKA_PRIVATE", .label: "CKA_LABEL",
        .application: "CKA_APPLICATION", .value: "CKA_VALUE", .keyType: "CKA_KEY_TYPE", .identifier: "CKA_ID",
        .sensitive: "CKA_SENSITIVE", .encrypt: "CKA_ENCRYPT", .decrypt: "CKA_DECRYPT", .wrap: "CKA_WRAP",
        .unwrap: "CKA_UNWRAP", .sign: "CKA_SIGN", .signRecover: "CKA_SIGN_RECOVER", .verify: "CKA_VERIFY",
        .verifyRecover: "CKA_VERIFY_RECOVER", .derive: "CKA_DERIVE", .local: "CKA_LOCAL", .modulus: "CKA_MODULUS",
        .modulusBits: "CKA_MODULUS_BITS", .publicExponent: "CKA_PUBLIC_EXPONENT", .valueLength: "CKA_VALUE_LEN",
        .extractable: "CKA_EXTRACTABLE", .modifiable: "CKA_MODIFIABLE", .copyable: "CKA_COPYABLE",
        .ecParameters: "CKA_EC_PARAMS", .ecPoint: "CKA_EC_POINT", .unwrapTemplate: "CKA_UNWRAP_TEMPLATE",
        .allowedMechanisms: "CKA_ALLOWED_MECHANISMS",
    ]

    package var description: String {
        Self.names[self] ?? "attribute 0x" + String(rawValue, radix: 16)
    }
}

/// One typed entry of a template. Never holds key material: keys enter and leave a token wrapped.
package struct Attribute: Hashable, Sendable {
    package enum Value: Hashable, Sendable {
        case flag(Bool)
        case number(UInt)
        case bytes([UInt8])
        case mechanisms(Set<MechanismType>)
        case template([Attribute])
    }

    package let type: AttributeType
    package let value: Value

    package init(_ type: AttributeType, _ value: Value) {
        self.type = type
        self.value = value
    }

    package init(_ type: AttributeType, _ flag: Bool) {
        self.init(type, .flag(flag))
    }

    package static func objectClass(_ value: ObjectClass) -> Attribute {
        Attribute(.objectClass, .number(value.rawValue))
    }

    package static func keyType(_ value: KeyType) -> Attribute {
        Attribute(.keyType, .number(value.rawValue))
    }

    package static func label(_ text: String) -> Attribute {
        Attribute(.label, .bytes(Array(text.utf8)))
    }

    package static func identifier(_ bytes: [UInt8]) -> Attribute {
        Attribute(.identifier, .bytes(bytes))
    }
}

/// A CK_OBJECT_CLASS.
package enum ObjectClass: UInt, Sendable {
    case data = 0
    case publicKey = 2
    case privateKey = 3
    case secretKey = 4
}

/// A CK_KEY_TYPE.
package enum KeyType: UInt, Sendable {
    case rsa = 0x00
    case ec = 0x03
    case genericSecret = 0x10
    case des3 = 0x15
    case aes = 0x1f
}
