/// Writes the little of DER (X.690) that issuing certificates takes. What is written is read back by libcrypto before
/// it is used.
struct DERWriter {
    private(set) var bytes: [UInt8] = []

    /// Bytes that are DER already.
    mutating func encoded(_ der: some Sequence<UInt8>) {
        bytes.append(contentsOf: der)
    }

    mutating func primitive(_ tag: DERTag, _ content: some Collection<UInt8>) {
        bytes.append(tag.octet)
        appendLength(content.count)
        bytes.append(contentsOf: content)
    }

    mutating func constructed(_ tag: DERTag, _ build: (inout DERWriter) -> Void) {
        var content = DERWriter()
        build(&content)
        primitive(tag, content.bytes)
    }

    mutating func sequence(_ build: (inout DERWriter) -> Void) {
        constructed(.sequence, build)
    }

    /// A number of any size that is not negative, from its big-endian bytes.
    mutating func unsignedInteger(_ bigEndian: some Collection<UInt8>) {
        var content = Array(bigEndian.drop { $0 == 0 })
        // The first bit is the sign (X.690, section 8.3).
        if content.first.map({ $0 >= 0x80 }) ?? true { content.insert(0, at: 0) }
        primitive(.integer, content)
    }

    mutating func boolean(_ value: Bool) {
        primitive(.boolean, [value ? 0xFF : 0x00])
    }

    mutating func utf8String(_ text: String) {
        primitive(.utf8String, Array(text.utf8))
    }

    mutating func objectIdentifier(_ identifier: ObjectIdentifier) {
        primitive(.objectIdentifier, identifier.content)
    }

    /// A BIT STRING of whole bytes.
    mutating func bitString(_ content: [UInt8]) {
        primitive(.bitString, [0] + content)
    }

    private mutating func appendLength(_ length: Int) {
        guard length >= 0x80 else {
            bytes.append(UInt8(length))
            return
        }
        let octets = withUnsafeBytes(of: UInt64(length).bigEndian) { Array($0.drop { $0 == 0 }) }
        bytes.append(0x80 | UInt8(octets.count))
        bytes.append(contentsOf: octets)
    }
}
