/// A cryptographic algorithm, with the numbers of KMIP's Cryptographic Algorithm enumeration (1.4, 9.1.3.2.13).
package struct KeyAlgorithm: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let des = KeyAlgorithm(rawValue: 1)
    package static let tripleDES = KeyAlgorithm(rawValue: 2)
    package static let aes = KeyAlgorithm(rawValue: 3)

    /// The lengths in bits that this server makes and takes for the algorithm; empty for one that it does not serve.
    /// Three-key Triple DES counts 168 bits and occupies 24 bytes, for each byte has a parity bit.
    package var supportedLengths: [Int] {
        switch self {
        case .aes: [128, 192, 256]
        case .tripleDES: [168]
        default: []
        }
    }

    /// How many bytes of material a key of `bits` has; nil where the pair is not supported.
    package func materialByteCount(forLength bits: Int) -> Int? {
        guard supportedLengths.contains(bits) else { return nil }
        return self == .tripleDES ? 24 : bits / 8
    }
}
