import TTLV
import Testing

struct MessageFrameTests {
    let request = Tag(0x420078)

    private func size(_ header: String, maximum: Int = 1024) throws -> Int {
        let header = bytes(header)
        return try MessageFrame.messageSize(header: header.span.bytes, tag: request, maximum: maximum)
    }

    @Test func theHeaderCounts() throws {
        #expect(try size("42 00 78 | 01 | 00 00 01 30") == 0x138)
    }

    @Test func theLongestMessage() throws {
        #expect(try size("42 00 78 | 01 | 00 00 03 F8") == 1024)
        #expect(throws: TTLVError(.tooLong)) { try size("42 00 78 | 01 | 00 00 04 00") }
        #expect(throws: TTLVError(.tooLong)) { try size("42 00 78 | 01 | FF FF FF F8") }
    }

    @Test func whatIsNoRequest() {
        #expect(throws: TTLVError(.notAMessage)) { try size("42 00 7B | 01 | 00 00 01 30") }
        #expect(throws: TTLVError(.notAMessage)) { try size("42 00 78 | 02 | 00 00 01 30") }
        #expect(throws: TTLVError(.notAMessage)) { try size("47 45 54 20 2F 20 48 54") }
        #expect(throws: TTLVError(.invalidLength)) { try size("42 00 78 | 01 | 00 00 01 31") }
        #expect(throws: TTLVError(.truncated)) { try size("42 00 78 | 01 | 00 00") }
    }

    @Test func aMessageEndsWhereItsHeaderSays() {
        let longer = bytes("42 00 78 | 01 | 00 00 00 00 | 00 00 00 00 00 00 00 00")
        let shorter = bytes("42 00 78 | 01 | 00 00 00 08")
        #expect(throws: TTLVError(.trailingBytes)) {
            _ = try ItemReader(message: longer.span.bytes, tag: request, limits: ReaderLimits()).isAtEnd
        }
        #expect(throws: TTLVError(.truncated)) {
            _ = try ItemReader(message: shorter.span.bytes, tag: request, limits: ReaderLimits()).isAtEnd
        }
    }
}
