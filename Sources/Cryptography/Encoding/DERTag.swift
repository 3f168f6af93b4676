/// The tags that certificates need (X.690, section 8.1.2), as whole identifier octets.
struct DERTag: Hashable {
    let octet: UInt8

    static let boolean = DERTag(octet: 0x01)
    static let integer = DERTag(octet: 0x02)
    static let bitString = DERTag(octet: 0x03)
    static let octetString = DERTag(octet: 0x04)
    static let null = DERTag(octet: 0x05)
    static let objectIdentifier = DERTag(octet: 0x06)
    static let utf8String = DERTag(octet: 0x0C)
    static let utcTime = DERTag(octet: 0x17)
    static let generalizedTime = DERTag(octet: 0x18)
    static let sequence = DERTag(octet: 0x30)
    static let set = DERTag(octet: 0x31)

    /// [number] of a primitive, IMPLICIT.
    static func context(_ number: UInt8) -> DERTag { DERTag(octet: 0x80 | number) }
    /// [number] of something constructed, or EXPLICIT.
    static func constructedContext(_ number: UInt8) -> DERTag { DERTag(octet: 0xA0 | number) }
}
