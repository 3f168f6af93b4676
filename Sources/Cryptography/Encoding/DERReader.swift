/// Reads DER one element after another. Every length is checked here against what is left; indefinite and
/// non-minimal lengths are refused, as X.690, section 10.1 demands.
struct DERReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// The next element's tag, if there is a next element.
    var nextTag: DERTag? { rest.first.map { DERTag(octet: $0) } }

    /// The content of the next element, which must have this tag.
    mutating func read(_ tag: DERTag) throws(CryptographyError) -> ArraySlice<UInt8> {
        guard nextTag == tag else { throw Self.invalid }
        return try readAny().content
    }

    mutating func readAny() throws(CryptographyError) -> (tag: DERTag, content: ArraySlice<UInt8>) {
        guard let octet = rest.popFirst(), octet & 0x1F != 0x1F else { throw Self.invalid }
        let length = try readLength()
        guard length <= rest.count else { throw Self.invalid }
        let content = rest.prefix(length)
        rest = rest.dropFirst(length)
        return (DERTag(octet: octet), content)
    }

    /// The big-endian bytes of an INTEGER that is not negative, without leading zeros.
    mutating func readUnsignedInteger() throws(CryptographyError) -> ArraySlice<UInt8> {
        let content = try read(.integer)
        guard let first = content.first, first < 0x80 else { throw Self.invalid }
        if first == 0, let second = content.dropFirst().first, second < 0x80 { throw Self.invalid }
        return content.drop { $0 == 0 }
    }

    mutating func readUTF8String() throws(CryptographyError) -> String {
        guard let text = String(validating: try read(.utf8String), as: UTF8.self) else { throw Self.invalid }
        return text
    }

    /// Fails if anything is left.
    func finish() throws(CryptographyError) {
        guard rest.isEmpty else { throw CryptographyError(code: .trailingData, operation: "DERReader.finish") }
    }

    private mutating func readLength() throws(CryptographyError) -> Int {
        guard let first = rest.popFirst() else { throw Self.invalid }
        if first < 0x80 { return Int(first) }
        let octetCount = Int(first & 0x7F)
        guard (1...4).contains(octetCount), rest.count >= octetCount else { throw Self.invalid }
        let length = rest.prefix(octetCount).reduce(0) { $0 << 8 | Int($1) }
        guard length >= 0x80, rest.first != 0 else { throw Self.invalid }
        rest = rest.dropFirst(octetCount)
        return length
    }

    private static var invalid: CryptographyError { CryptographyError(code: .invalidDER, operation: "DERReader") }
}
