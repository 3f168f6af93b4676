package import TTLV

/// The value of the Digest attribute (KMIP 1.4, section 3.17).
package struct Digest: Hashable, Sendable {
    package var algorithm: HashingAlgorithm
    package var value: [UInt8]
    /// What was digested; not in 1.0.
    package var keyFormat: KeyFormatType?

    package init(algorithm: HashingAlgorithm, value: [UInt8], keyFormat: KeyFormatType?) {
        self.algorithm = algorithm
        self.value = value
        self.keyFormat = keyFormat
    }

    /// Nil if the algorithm or the value is missing.
    package init?(_ value: ItemValue) {
        guard case .structure(let items) = value, items.count >= 2,
            items[0].tag == .hashingAlgorithm, case .enumeration(let algorithm) = items[0].value,
            items[1].tag == .digestValue, case .bytes(let bytes) = items[1].value
        else { return nil }
        self.init(algorithm: HashingAlgorithm(rawValue: algorithm), value: bytes, keyFormat: nil)
        if items.count == 3, items[2].tag == .keyFormatType, case .enumeration(let format) = items[2].value {
            keyFormat = KeyFormatType(rawValue: format)
        }
    }

    package var attributeValue: ItemValue {
        var items = [
            Item(.hashingAlgorithm, .enumeration(algorithm.rawValue)),
            Item(.digestValue, .bytes(value)),
        ]
        if let keyFormat { items.append(Item(.keyFormatType, .enumeration(keyFormat.rawValue))) }
        return .structure(items)
    }
}
