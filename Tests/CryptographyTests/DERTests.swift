import Testing

@testable import Cryptography

@Suite("DER")
struct DERTests {
    @Test(
        "object identifiers",
        arguments: [
            ("2.5.29.17", "55 1d 11"),
            ("1.2.840.113549.1.1.11", "2a 86 48 86 f7 0d 01 01 0b"),
            // X.667, section 6: the largest UUID.
            (
                "2.25.340282366920938463463374607431768211455",
                "69 83 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff 7f"
            ),
        ]
    )
    func encodesObjectIdentifiers(dotted: String, content: String) throws {
        #expect(try ObjectIdentifier(dotted).content == bytes(content))
    }

    @Test("what is no object identifier", arguments: ["", "1", "3.1", "1.40", "1.2.", "1..2", "1.-2", "a.b", "1.2 .3"])
    func refusesObjectIdentifiers(dotted: String) {
        #expect(failure { _ = try ObjectIdentifier(dotted) } == .invalidTemplate)
    }

    @Test("lengths: short, long, minimal")
    func writesLengths() {
        for (count, head) in [(127, "04 7f"), (128, "04 81 80"), (256, "04 82 01 00"), (65_536, "04 83 01 00 00")] {
            var writer = DERWriter()
            writer.primitive(.octetString, [UInt8](repeating: 1, count: count))
            #expect(writer.bytes == bytes(head) + [UInt8](repeating: 1, count: count))
        }
    }

    @Test(
        "malformed elements are refused",
        arguments: [
            "",  // nothing
            "04",  // no length
            "04 02 01",  // shorter than its length
            "04 81 01 01",  // a short length in long form
            "04 82 00 80",  // a length with a leading zero
            "04 80 01 00 00",  // indefinite
            "04 85 01 00 00 00 00",  // a length of five bytes
            "05 00",  // another tag
        ]
    )
    func refusesMalformed(hexadecimal: String) {
        var reader = DERReader(bytes(hexadecimal))
        let code = failure { _ = try reader.read(.octetString) }
        #expect(code == .invalidDER)
    }

    @Test("integers that are negative or not minimal are refused", arguments: ["02 00", "02 01 80", "02 02 00 7f"])
    func refusesIntegers(hexadecimal: String) {
        var reader = DERReader(bytes(hexadecimal))
        let code = failure { _ = try reader.readUnsignedInteger() }
        #expect(code == .invalidDER)
    }
}
