/// Block Cipher Mode (KMIP 1.4, section 9.1.3.2.14).
package struct BlockCipherMode: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let cbc = Self(rawValue: 0x01)
    package static let ecb = Self(rawValue: 0x02)
    package static let pcbc = Self(rawValue: 0x03)
    package static let cfb = Self(rawValue: 0x04)
    package static let ofb = Self(rawValue: 0x05)
    package static let ctr = Self(rawValue: 0x06)
    package static let cmac = Self(rawValue: 0x07)
    package static let ccm = Self(rawValue: 0x08)
    package static let gcm = Self(rawValue: 0x09)
    package static let cbcMAC = Self(rawValue: 0x0A)
    package static let xts = Self(rawValue: 0x0B)
    package static let aesKeyWrapPadding = Self(rawValue: 0x0C)
    package static let nistKeyWrap = Self(rawValue: 0x0D)
    package static let x9102AESKW = Self(rawValue: 0x0E)
    package static let x9102TDKW = Self(rawValue: 0x0F)
    package static let x9102AKW1 = Self(rawValue: 0x10)
    package static let x9102AKW2 = Self(rawValue: 0x11)
    package static let aead = Self(rawValue: 0x12)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "CBC"),
        EnumerationValue(0x02, "ECB"),
        EnumerationValue(0x03, "PCBC"),
        EnumerationValue(0x04, "CFB"),
        EnumerationValue(0x05, "OFB"),
        EnumerationValue(0x06, "CTR"),
        EnumerationValue(0x07, "CMAC"),
        EnumerationValue(0x08, "CCM"),
        EnumerationValue(0x09, "GCM"),
        EnumerationValue(0x0A, "CBC-MAC"),
        EnumerationValue(0x0B, "XTS"),
        EnumerationValue(0x0C, "AESKeyWrapPadding"),
        EnumerationValue(0x0D, "NISTKeyWrap"),
        EnumerationValue(0x0E, "X9.102 AESKW"),
        EnumerationValue(0x0F, "X9.102 TDKW"),
        EnumerationValue(0x10, "X9.102 AKW1"),
        EnumerationValue(0x11, "X9.102 AKW2"),
        EnumerationValue(0x12, "AEAD", since: .v14),
    ]
}
