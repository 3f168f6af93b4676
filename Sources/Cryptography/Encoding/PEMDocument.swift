import CCrypto

/// Textual encodings as RFC 7468 has them: blocks of base64 between BEGIN and END lines.
struct PEMDocument {
    struct Block {
        let label: String
        let der: [UInt8]
    }

    /// A certificate takes 1 to 4 KB; a text beyond this is something else.
    static let maximumByteCount = 256 << 10
    private static let lineLength = 64

    let blocks: [Block]
    /// Whether anything but white space follows the last block.
    let hasTrailingText: Bool

    /// Text before a block is explanation and skipped (RFC 7468, section 5.2). Fails with `notPEM` where there is no
    /// block, or one that does not end or holds no base64.
    init(parsing text: String) throws(CryptographyError) {
        guard text.utf8.count <= Self.maximumByteCount else { throw Self.notPEM }
        var blocks: [Block] = []
        var open: (label: String, base64: [UInt8])?
        var hasTrailingText = false
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingWhitespace()
            if let current = open {
                if line == "-----END \(current.label)-----" {
                    blocks.append(Block(label: current.label, der: try Self.decodeBase64(current.base64)))
                    open = nil
                } else {
                    open?.base64.append(contentsOf: line.utf8)
                }
            } else if line.hasPrefix("-----BEGIN "), line.hasSuffix("-----"), line.utf8.count > 16 {
                open = (String(line.dropFirst(11).dropLast(5)), [])
                hasTrailingText = false
            } else if !blocks.isEmpty, !line.isEmpty {
                hasTrailingText = true
            }
        }
        guard open == nil, !blocks.isEmpty else { throw Self.notPEM }
        self.blocks = blocks
        self.hasTrailingText = hasTrailingText
    }

    /// Whether a text has the head of a private key anywhere, well-formed or not.
    static func mentionsPrivateKey(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { line in
            let line = line.trimmingWhitespace()
            return line.hasPrefix("-----BEGIN ") && line.hasSuffix("PRIVATE KEY-----")
        }
    }

    static func encode(label: String, der: [UInt8]) -> String {
        var base64 = [UInt8](repeating: 0, count: (der.count + 2) / 3 * 4 + 1)
        let length = Int(EVP_EncodeBlock(&base64, der, Int32(clamping: der.count)))
        let lines = stride(from: 0, to: length, by: lineLength).map { start in
            String(decoding: base64[start..<min(start + lineLength, length)], as: UTF8.self)
        }
        return (["-----BEGIN \(label)-----"] + lines + ["-----END \(label)-----", ""]).joined(separator: "\n")
    }

    private static func decodeBase64(_ base64: [UInt8]) throws(CryptographyError) -> [UInt8] {
        let padding = base64.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        // EVP_DecodeBlock takes "=" for zero bits anywhere, and skips white space around the whole only.
        let isClean = base64.dropLast(padding).allSatisfy { $0 != UInt8(ascii: "=") && $0 > UInt8(ascii: " ") }
        guard !base64.isEmpty, base64.count % 4 == 0, padding <= 2, isClean else { throw notPEM }
        var bytes = [UInt8](repeating: 0, count: base64.count / 4 * 3)
        let length = EVP_DecodeBlock(&bytes, base64, Int32(clamping: base64.count))
        guard Int(length) == bytes.count else {
            _ = drainErrorQueue()
            throw notPEM
        }
        bytes.removeLast(padding)
        return bytes
    }

    private static var notPEM: CryptographyError { CryptographyError(code: .notPEM, operation: "PEMDocument") }
}

extension Substring {
    fileprivate func trimmingWhitespace() -> Substring {
        var trimmed = drop(while: \.isWhitespace)
        while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
        return trimmed
    }
}
