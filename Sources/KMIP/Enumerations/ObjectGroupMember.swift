/// Object Group Member (KMIP 1.4, section 9.1.3.2.33).
package struct ObjectGroupMember: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let groupMemberFresh = Self(rawValue: 0x01)
    package static let groupMemberDefault = Self(rawValue: 0x02)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Group Member Fresh", since: .v11),
        EnumerationValue(0x02, "Group Member Default", since: .v11),
    ]
}
