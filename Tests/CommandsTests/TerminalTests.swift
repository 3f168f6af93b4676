import Cryptography
import Testing

@testable import Commands

@Suite("What is printed")
struct TerminalTests {
    @Test("A table's columns are as wide as their widest cell; no space at the end")
    func table() {
        var table = TextTable("NAME", "N", "LAST")
        table.add("a", "12345", "x")
        table.add("longer", "1", "yy")
        #expect(
            table.text(empty: "-") == """
                NAME    N      LAST
                a       12345  x
                longer  1      yy
                """
        )
        #expect(TextTable("NAME").text(empty: "Nothing.") == "Nothing.")
    }

    @Test(
        "Control characters from a server do not reach the terminal",
        arguments: [
            ("plain äöü 漢", "plain äöü 漢"), ("a\u{1B}[2Jb", "a?[2Jb"), ("a\nb\tc", "a?b?c"),
            ("a\u{202E}b", "a?b"), ("a\u{2028}b", "a?b"),
        ]
    )
    func printableText(text: String, expected: String) {
        #expect(printable(text) == expected)
    }

    @Test(
        "Suggestions",
        arguments: [
            ("kmip-ax", "kmip-ab"), ("kmip-ba", "kmip-ab"), ("KMIP-CD", "kmip-cd"), ("kmpi-cd", "kmip-cd"),
            ("other", nil), ("", nil), ("x", nil),
        ]
    )
    func suggestion(word: String, expected: String?) {
        #expect(Suggestion.nearest(to: word, among: ["kmip-ab", "kmip-cd"]) == expected)
    }

    @Test("Keys as hexadecimal digits, both ways", arguments: [[0x00], [0xFF, 0x0A, 0x10], Array(0...255)])
    func hexadecimal(bytes: [UInt8]) throws {
        let line = try bytes.withUnsafeBytes { bytes throws(CryptographyError) in
            SecretBox(try HexadecimalText.line(ofKey: bytes))
        }
        let text = line.bytes.withUnsafeBytes { Array($0) }
        #expect(text == Array((HexadecimalText.encode(bytes) + "\n").utf8))
        guard let key = try HexadecimalText.key(fromText: try secret(text.dropLast())) else {
            Issue.record("Not read")
            return
        }
        let read = key.withUnsafeBytes { Array($0) }
        #expect(read == bytes)
    }

    private func secret(_ bytes: some Sequence<UInt8>) throws -> SecretBytes {
        let bytes = Array(bytes)
        // Nothing at all is not a secret: one byte is taken away again.
        var secret = try SecretBytes(count: bytes.count + 1)
        secret.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
        secret.truncate(to: bytes.count)
        return secret
    }

    @Test("What is not a key in hexadecimal digits", arguments: ["", "0", "abc", "zz", "00 11", "0x00"])
    func notHexadecimal(text: String) throws {
        let isKey = try HexadecimalText.key(fromText: try secret(text.utf8)) != nil
        #expect(!isKey)
    }
}
