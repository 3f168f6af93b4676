import TTLV
import Testing

/// The examples of KMIP 1.4, section 9.1.2.
struct StandardExamplesTests {
    struct Example: CustomTestStringConvertible {
        let value: ItemValue
        let encoding: String

        var testDescription: String { "\(value.type)" }
    }

    static let examples: [Example] = [
        Example(value: .integer(8), encoding: "42 00 20 | 02 | 00 00 00 04 | 00 00 00 08 00 00 00 00"),
        Example(
            value: .longInteger(123_456_789_000_000_000),
            encoding: "42 00 20 | 03 | 00 00 00 08 | 01 B6 9B 4B A5 74 92 00"
        ),
        Example(
            value: .bigInteger([0, 0, 0, 0, 0x03, 0xFD, 0x35, 0xEB, 0x6B, 0xC2, 0xDF, 0x46, 0x18, 0x08, 0, 0]),
            encoding: "42 00 20 | 04 | 00 00 00 10 | 00 00 00 00 03 FD 35 EB 6B C2 DF 46 18 08 00 00"
        ),
        Example(value: .enumeration(255), encoding: "42 00 20 | 05 | 00 00 00 04 | 00 00 00 FF 00 00 00 00"),
        Example(value: .boolean(true), encoding: "42 00 20 | 06 | 00 00 00 08 | 00 00 00 00 00 00 00 01"),
        Example(
            value: .text("Hello World"),
            encoding: "42 00 20 | 07 | 00 00 00 0B | 48 65 6C 6C 6F 20 57 6F 72 6C 64 00 00 00 00 00"
        ),
        Example(value: .bytes([1, 2, 3]), encoding: "42 00 20 | 08 | 00 00 00 03 | 01 02 03 00 00 00 00 00"),
        Example(value: .dateTime(0x47DA_67F8), encoding: "42 00 20 | 09 | 00 00 00 08 | 00 00 00 00 47 DA 67 F8"),
        Example(value: .interval(864_000), encoding: "42 00 20 | 0A | 00 00 00 04 | 00 0D 2F 00 00 00 00 00"),
        Example(
            value: .structure([Item(Tag(0x420004), .enumeration(254)), Item(Tag(0x420005), .integer(255))]),
            encoding: """
                42 00 20 | 01 | 00 00 00 20
                  42 00 04 | 05 | 00 00 00 04 | 00 00 00 FE 00 00 00 00
                  42 00 05 | 02 | 00 00 00 04 | 00 00 00 FF 00 00 00 00
                """
        ),
    ]

    @Test(arguments: examples)
    func writing(_ example: Example) {
        let written = ItemWriter.bytes(newestTag: Tag(0x42FFFF)) { $0.value(Tag(0x420020), example.value) }
        #expect(written == bytes(example.encoding))
    }

    @Test(arguments: examples)
    func reading(_ example: Example) throws {
        let message = message(containing: example.encoding)
        var reader = try ItemReader(message: message.span.bytes, tag: Tag(0x420078), limits: ReaderLimits())
        #expect(try reader.item() == Item(Tag(0x420020), example.value))
        try reader.finish()
    }

    @Test func theShortestBigIntegerIsFilledUpWithItsSign() {
        let written = ItemWriter.bytes(newestTag: Tag(0x42FFFF)) {
            $0.bigInteger(Tag(0x420020), [0xFE])
            $0.bigInteger(Tag(0x420020), [0x7F])
            $0.bigInteger(Tag(0x420020), [])
        }
        #expect(
            written
                == bytes(
                    """
                    42 00 20 | 04 | 00 00 00 08 | FF FF FF FF FF FF FF FE
                    42 00 20 | 04 | 00 00 00 08 | 00 00 00 00 00 00 00 7F
                    42 00 20 | 04 | 00 00 00 08 | 00 00 00 00 00 00 00 00
                    """
                )
        )
    }
}

/// A Request Message with these items in it.
func message(containing items: String) -> [UInt8] {
    let content = bytes(items)
    return bytes("42 00 78 | 01") + (0..<4).map { UInt8(truncatingIfNeeded: content.count >> (24 - 8 * $0)) } + content
}
