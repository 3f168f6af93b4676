import TTLV
import Testing

struct SecretContentTests {
    struct NoMemory: Error {}

    @Test func aSecretGoesFromBufferToBuffer() throws {
        let message = message(containing: "42 00 43 | 08 | 00 00 00 03 | 01 02 03 00 00 00 00 00")
        var reader = try ItemReader(message: message.span.bytes, tag: Tag(0x420078), limits: ReaderLimits())
        let secret = try reader.secretBytes(Tag(0x420043), TestSecret.factory)
        #expect(secret.count == 3)

        let written = ItemWriter.bytes(newestTag: Tag(0x42FFFF)) { writer in
            writer.structure(Tag(0x420078)) { $0.secretBytes(Tag(0x420043), secret) }
        }
        #expect(written == message)
    }

    @Test func theFactorysErrorIsPassedOn() throws {
        let message = message(containing: "42 00 43 | 08 | 00 00 00 03 | 01 02 03 00 00 00 00 00")
        var reader = try ItemReader(message: message.span.bytes, tag: Tag(0x420078), limits: ReaderLimits())
        #expect(throws: NoMemory.self) { try reader.secretBytes(Tag(0x420043)) { _ in throw NoMemory() } }
    }
}

/// The tags of a protocol version are those up to its last one.
struct NewestTagTests {
    @Test func newerItemsAreNotWritten() {
        let written = ItemWriter.bytes(newestTag: Tag(0x4200A1)) { writer in
            writer.integer(Tag(0x4200A1), 1)
            writer.integer(Tag(0x4200A2), 2)
            writer.structure(Tag(0x4200A8)) { $0.integer(Tag(0x4200A1), 3) }
            writer.text(Tag(0x540001), "x")
        }
        #expect(
            written
                == bytes(
                    """
                    42 00 A1 | 02 | 00 00 00 04 | 00 00 00 01 00 00 00 00
                    54 00 01 | 07 | 00 00 00 01 | 78 00 00 00 00 00 00 00
                    """
                )
        )
    }

    @Test func newerItemsAreUnknownFields() throws {
        let message = message(containing: "42 00 A2 | 02 | 00 00 00 04 | 00 00 00 02 00 00 00 00")
        var limits = ReaderLimits()
        limits.newestTag = Tag(0x4200A1)
        var reader = try ItemReader(message: message.span.bytes, tag: Tag(0x420078), limits: limits)
        #expect(try reader.integerIfPresent(Tag(0x4200A2)) == nil)
        #expect(throws: TTLVError(.unexpectedItem)) { try reader.finish() }
    }
}
