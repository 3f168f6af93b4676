internal import Cryptography

/// Bytes as hexadecimal digits. Those of keys stay in secure memory on the way.
enum HexadecimalText {
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    /// - Returns: nil unless `digits` are an even number of hexadecimal digits.
    static func decode(_ digits: [UInt8]) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(of: digits[index]), let low = value(of: digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// A key as digits, with a line end.
    static func line(ofKey key: UnsafeRawBufferPointer) throws(CryptographyError) -> SecretBytes {
        var text = try SecretBytes(count: key.count * 2 + 1)
        text.withUnsafeMutableBytes { text in
            for (index, byte) in key.enumerated() {
                text[index * 2] = digit(byte >> 4)
                text[index * 2 + 1] = digit(byte & 0x0F)
            }
            text[key.count * 2] = UInt8(ascii: "\n")
        }
        return text
    }

    /// - Returns: nil unless `text` is an even number of hexadecimal digits, two at least.
    static func key(fromText text: borrowing SecretBytes) throws(CryptographyError) -> SecretBytes? {
        guard text.count >= 2, text.count.isMultiple(of: 2) else { return nil }
        var key = try SecretBytes(count: text.count / 2)
        let isValid = text.withUnsafeBytes { text in
            key.withUnsafeMutableBytes { key in
                for index in key.indices {
                    guard let high = value(of: text[index * 2]), let low = value(of: text[index * 2 + 1]) else {
                        return false
                    }
                    key[index] = high << 4 | low
                }
                return true
            }
        }
        guard isValid else { return nil }
        return key
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
