/// Key Role Type (KMIP 1.4, section 9.1.3.2.17).
package struct KeyRoleType: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let bdk = Self(rawValue: 0x01)
    package static let cvk = Self(rawValue: 0x02)
    package static let dek = Self(rawValue: 0x03)
    package static let mkac = Self(rawValue: 0x04)
    package static let mksmc = Self(rawValue: 0x05)
    package static let mksmi = Self(rawValue: 0x06)
    package static let mkdac = Self(rawValue: 0x07)
    package static let mkdn = Self(rawValue: 0x08)
    package static let mkcp = Self(rawValue: 0x09)
    package static let mkoth = Self(rawValue: 0x0A)
    package static let kek = Self(rawValue: 0x0B)
    package static let mac16609 = Self(rawValue: 0x0C)
    package static let mac97971 = Self(rawValue: 0x0D)
    package static let mac97972 = Self(rawValue: 0x0E)
    package static let mac97973 = Self(rawValue: 0x0F)
    package static let mac97974 = Self(rawValue: 0x10)
    package static let mac97975 = Self(rawValue: 0x11)
    package static let zpk = Self(rawValue: 0x12)
    package static let pvkibm = Self(rawValue: 0x13)
    package static let pvkpvv = Self(rawValue: 0x14)
    package static let pvkoth = Self(rawValue: 0x15)
    package static let dukpt = Self(rawValue: 0x16)
    package static let iv = Self(rawValue: 0x17)
    package static let trkbk = Self(rawValue: 0x18)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "BDK"),
        EnumerationValue(0x02, "CVK"),
        EnumerationValue(0x03, "DEK"),
        EnumerationValue(0x04, "MKAC"),
        EnumerationValue(0x05, "MKSMC"),
        EnumerationValue(0x06, "MKSMI"),
        EnumerationValue(0x07, "MKDAC"),
        EnumerationValue(0x08, "MKDN"),
        EnumerationValue(0x09, "MKCP"),
        EnumerationValue(0x0A, "MKOTH"),
        EnumerationValue(0x0B, "KEK"),
        EnumerationValue(0x0C, "MAC16609"),
        EnumerationValue(0x0D, "MAC97971"),
        EnumerationValue(0x0E, "MAC97972"),
        EnumerationValue(0x0F, "MAC97973"),
        EnumerationValue(0x10, "MAC97974"),
        EnumerationValue(0x11, "MAC97975"),
        EnumerationValue(0x12, "ZPK"),
        EnumerationValue(0x13, "PVKIBM"),
        EnumerationValue(0x14, "PVKPVV"),
        EnumerationValue(0x15, "PVKOTH"),
        EnumerationValue(0x16, "DUKPT", since: .v14),
        EnumerationValue(0x17, "IV", since: .v14),
        EnumerationValue(0x18, "TRKBK", since: .v14),
    ]
}
