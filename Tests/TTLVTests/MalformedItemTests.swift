import TTLV
import Testing

/// Bytes that are no TTLV, each with the one thing that is wrong with them.
struct MalformedItemTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let items: String
        let code: TTLVError.Code

        init(_ description: String, _ items: String, _ code: TTLVError.Code) {
            testDescription = description
            self.items = items
            self.code = code
        }
    }

    static let cases = [
        Case("header cut off", "42 00 20 02 00 00 00 00", .invalidLength),
        Case("type 0", "42 00 20 | 00 | 00 00 00 04 | 00 00 00 00 00 00 00 00", .unknownType),
        Case("type 0B", "42 00 20 | 0B | 00 00 00 04 | 00 00 00 00 00 00 00 00", .unknownType),
        Case("Integer of 8 bytes", "42 00 20 | 02 | 00 00 00 08 | 00 00 00 00 00 00 00 00", .invalidLength),
        Case("Long Integer of 4", "42 00 20 | 03 | 00 00 00 04 | 00 00 00 00 00 00 00 00", .invalidLength),
        Case("Big Integer of 4", "42 00 20 | 04 | 00 00 00 04 | 00 00 00 00 00 00 00 00", .invalidLength),
        Case("Big Integer of 0", "42 00 20 | 04 | 00 00 00 00", .invalidLength),
        Case("Enumeration of 0", "42 00 20 | 05 | 00 00 00 00", .invalidLength),
        Case("Boolean of 4", "42 00 20 | 06 | 00 00 00 04 | 00 00 00 01 00 00 00 00", .invalidLength),
        Case("Boolean 2", "42 00 20 | 06 | 00 00 00 08 | 00 00 00 00 00 00 00 02", .invalidBoolean),
        Case("Date-Time of 16", "42 00 20 | 09 | 00 00 00 10 | 00 00 00 00 00 00 00 00", .invalidLength),
        Case("Interval of 5", "42 00 20 | 0A | 00 00 00 05 | 00 00 00 00 00 00 00 00", .invalidLength),
        Case("Structure of 4", "42 00 20 | 01 | 00 00 00 04 | 00 00 00 00 00 00 00 00", .invalidLength),
        Case("text beyond its structure", "42 00 20 | 07 | 00 00 00 09 | 41 41 41 41 41 41 41 41", .truncated),
        Case("text without its padding", "42 00 20 | 07 | 00 00 00 10 | 41 41 41 41 41 41 41 41", .truncated),
        Case("longest length", "42 00 20 | 08 | FF FF FF FF | 41 41 41 41 41 41 41 41", .truncated),
        Case("text not UTF-8", "42 00 20 | 07 | 00 00 00 02 | C3 28 00 00 00 00 00 00", .invalidText),
        Case(
            "inner item beyond its structure",
            "42 00 20 | 01 | 00 00 00 08 | 42 00 04 | 05 | 00 00 00 04 | 00 00 00 FE 00 00 00 00",
            .truncated
        ),
    ]

    @Test(arguments: cases)
    func isRefused(_ example: Case) throws {
        let message = message(containing: example.items)
        #expect(throws: TTLVError(example.code)) {
            var reader = try ItemReader(message: message.span.bytes, tag: Tag(0x420078), limits: ReaderLimits())
            while !reader.isAtEnd { _ = try reader.item() }
        }
    }

    @Test func nestingIsBounded() throws {
        func nested(_ depth: Int) -> [UInt8] {
            (0..<depth).reduce(into: [UInt8]()) { inner, _ in
                let content = inner
                inner = ItemWriter.bytes(newestTag: Tag(0x42FFFF)) {
                    $0.value(Tag(0x420078), .structure([]))
                }
                let length = UInt32(content.count)
                inner.replaceSubrange(4..<8, with: (0..<4).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) })
                inner += content
            }
        }
        func read(_ message: [UInt8]) throws {
            var reader = try ItemReader(message: message.span.bytes, tag: Tag(0x420078), limits: ReaderLimits())
            _ = try reader.remainingItems()
        }
        let limit = ReaderLimits().maximumDepth
        try read(nested(limit))
        #expect(throws: TTLVError(.tooDeep)) { try read(nested(limit + 1)) }
    }

    @Test func whatIsLeftOverIsAnError() throws {
        let twice = message(
            containing: """
                42 00 20 | 02 | 00 00 00 04 | 00 00 00 08 00 00 00 00
                42 00 20 | 02 | 00 00 00 04 | 00 00 00 08 00 00 00 00
                """
        )
        let unknown = message(
            containing: """
                42 00 20 | 02 | 00 00 00 04 | 00 00 00 08 00 00 00 00
                42 00 21 | 02 | 00 00 00 04 | 00 00 00 08 00 00 00 00
                """
        )
        func read(_ message: [UInt8], _ unknownItems: ReaderLimits.UnknownItems = .refused) throws {
            var limits = ReaderLimits()
            limits.unknownItems = unknownItems
            var reader = try ItemReader(message: message.span.bytes, tag: Tag(0x420078), limits: limits)
            _ = try reader.integer(Tag(0x420020))
            try reader.finish()
        }
        #expect(throws: TTLVError(.repeatedItem)) { try read(twice) }
        #expect(throws: TTLVError(.unexpectedItem)) { try read(unknown) }
        try read(unknown, .ignored)
    }

    @Test func aFieldOfAnotherTypeOrNotThereIsAnError() throws {
        let message = message(containing: "42 00 20 | 02 | 00 00 00 04 | 00 00 00 08 00 00 00 00")
        var reader = try ItemReader(message: message.span.bytes, tag: Tag(0x420078), limits: ReaderLimits())
        #expect(throws: TTLVError(.missingItem)) { try reader.integer(Tag(0x420021)) }
        #expect(try reader.integerIfPresent(Tag(0x420021)) == nil)
        #expect(throws: TTLVError(.unexpectedType)) { try reader.enumerationIfPresent(Tag(0x420020)) }
        #expect(try reader.integer(Tag(0x420020)) == 8)
    }
}
