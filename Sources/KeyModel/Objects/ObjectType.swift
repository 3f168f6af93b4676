/// What kind of thing a managed object is. The numbers are those of KMIP's Object Type enumeration (1.4, 9.1.3.2.3),
/// because the store keeps them; unknown ones survive.
package struct ObjectType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let certificate = ObjectType(rawValue: 1)
    package static let symmetricKey = ObjectType(rawValue: 2)
    package static let publicKey = ObjectType(rawValue: 3)
    package static let privateKey = ObjectType(rawValue: 4)
    package static let secretData = ObjectType(rawValue: 7)
    package static let opaqueObject = ObjectType(rawValue: 8)
}
