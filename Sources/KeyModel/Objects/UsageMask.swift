/// What a key may be used for: KMIP's Cryptographic Usage Mask, bit by bit (1.4, 3.19 and 9.1.3.3.1). Bits that have no
/// name here are kept as they came.
package struct UsageMask: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let sign = UsageMask(rawValue: 0x01)
    package static let verify = UsageMask(rawValue: 0x02)
    package static let encrypt = UsageMask(rawValue: 0x04)
    package static let decrypt = UsageMask(rawValue: 0x08)
    package static let wrapKey = UsageMask(rawValue: 0x10)
    package static let unwrapKey = UsageMask(rawValue: 0x20)
}
