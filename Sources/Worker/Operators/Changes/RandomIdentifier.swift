import Cryptography
import KeyModel

/// A random UUID (RFC 9562, version 4), in lower case.
enum RandomIdentifier {
    static func make() throws(CryptographyError) -> String {
        var bytes = try RandomBytes.generate(count: 16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(Hexadecimal.encode(bytes))
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return groups.joined(separator: "-")
    }
}
