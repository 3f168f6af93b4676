/// Operation (KMIP 1.4, section 9.1.3.2.27).
package struct Operation: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let create = Self(rawValue: 0x01)
    package static let createKeyPair = Self(rawValue: 0x02)
    package static let register = Self(rawValue: 0x03)
    package static let reKey = Self(rawValue: 0x04)
    package static let deriveKey = Self(rawValue: 0x05)
    package static let certify = Self(rawValue: 0x06)
    package static let reCertify = Self(rawValue: 0x07)
    package static let locate = Self(rawValue: 0x08)
    package static let check = Self(rawValue: 0x09)
    package static let get = Self(rawValue: 0x0A)
    package static let getAttributes = Self(rawValue: 0x0B)
    package static let getAttributeList = Self(rawValue: 0x0C)
    package static let addAttribute = Self(rawValue: 0x0D)
    package static let modifyAttribute = Self(rawValue: 0x0E)
    package static let deleteAttribute = Self(rawValue: 0x0F)
    package static let obtainLease = Self(rawValue: 0x10)
    package static let getUsageAllocation = Self(rawValue: 0x11)
    package static let activate = Self(rawValue: 0x12)
    package static let revoke = Self(rawValue: 0x13)
    package static let destroy = Self(rawValue: 0x14)
    package static let archive = Self(rawValue: 0x15)
    package static let recover = Self(rawValue: 0x16)
    package static let validate = Self(rawValue: 0x17)
    package static let query = Self(rawValue: 0x18)
    package static let cancel = Self(rawValue: 0x19)
    package static let poll = Self(rawValue: 0x1A)
    package static let notify = Self(rawValue: 0x1B)
    package static let put = Self(rawValue: 0x1C)
    package static let reKeyKeyPair = Self(rawValue: 0x1D)
    package static let discoverVersions = Self(rawValue: 0x1E)
    package static let encrypt = Self(rawValue: 0x1F)
    package static let decrypt = Self(rawValue: 0x20)
    package static let sign = Self(rawValue: 0x21)
    package static let signatureVerify = Self(rawValue: 0x22)
    package static let mac = Self(rawValue: 0x23)
    package static let macVerify = Self(rawValue: 0x24)
    package static let rngRetrieve = Self(rawValue: 0x25)
    package static let rngSeed = Self(rawValue: 0x26)
    package static let hash = Self(rawValue: 0x27)
    package static let createSplitKey = Self(rawValue: 0x28)
    package static let joinSplitKey = Self(rawValue: 0x29)
    package static let importObject = Self(rawValue: 0x2A)
    package static let exportObject = Self(rawValue: 0x2B)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Create"),
        EnumerationValue(0x02, "Create Key Pair"),
        EnumerationValue(0x03, "Register"),
        EnumerationValue(0x04, "Re-key"),
        EnumerationValue(0x05, "Derive Key"),
        EnumerationValue(0x06, "Certify"),
        EnumerationValue(0x07, "Re-certify"),
        EnumerationValue(0x08, "Locate"),
        EnumerationValue(0x09, "Check"),
        EnumerationValue(0x0A, "Get"),
        EnumerationValue(0x0B, "Get Attributes"),
        EnumerationValue(0x0C, "Get Attribute List"),
        EnumerationValue(0x0D, "Add Attribute"),
        EnumerationValue(0x0E, "Modify Attribute"),
        EnumerationValue(0x0F, "Delete Attribute"),
        EnumerationValue(0x10, "Obtain Lease"),
        EnumerationValue(0x11, "Get Usage Allocation"),
        EnumerationValue(0x12, "Activate"),
        EnumerationValue(0x13, "Revoke"),
        EnumerationValue(0x14, "Destroy"),
        EnumerationValue(0x15, "Archive"),
        EnumerationValue(0x16, "Recover"),
        EnumerationValue(0x17, "Validate"),
        EnumerationValue(0x18, "Query"),
        EnumerationValue(0x19, "Cancel"),
        EnumerationValue(0x1A, "Poll"),
        EnumerationValue(0x1B, "Notify"),
        EnumerationValue(0x1C, "Put"),
        EnumerationValue(0x1D, "Re-key Key Pair", since: .v11),
        EnumerationValue(0x1E, "Discover Versions", since: .v11),
        EnumerationValue(0x1F, "Encrypt", since: .v12),
        EnumerationValue(0x20, "Decrypt", since: .v12),
        EnumerationValue(0x21, "Sign", since: .v12),
        EnumerationValue(0x22, "Signature Verify", since: .v12),
        EnumerationValue(0x23, "MAC", since: .v12),
        EnumerationValue(0x24, "MAC Verify", since: .v12),
        EnumerationValue(0x25, "RNG Retrieve", since: .v12),
        EnumerationValue(0x26, "RNG Seed", since: .v12),
        EnumerationValue(0x27, "Hash", since: .v12),
        EnumerationValue(0x28, "Create Split Key", since: .v12),
        EnumerationValue(0x29, "Join Split Key", since: .v12),
        EnumerationValue(0x2A, "Import", since: .v14),
        EnumerationValue(0x2B, "Export", since: .v14),
    ]
}
