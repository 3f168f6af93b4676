import JobTransport
import Testing

@Suite struct MessageIDTests {
    @Test func isSixteenBytesAndTheirDigits() throws {
        let bytes: [UInt8] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xA, 0xB, 0xC, 0xD, 0xE, 0xFF]
        let id = try #require(MessageID(bytes))
        #expect(id.bytes == bytes)
        #expect(id.hex == "000102030405060708090a0b0c0d0eff")
        #expect(MessageID(hex: id.hex) == id)
    }

    @Test(arguments: [
        "", "00", "000102030405060708090a0b0c0d0e", "000102030405060708090A0B0C0D0EFF",
        "000102030405060708090a0b0c0d0effff", "000102030405060708090a0b0c0d0e g", "0x0102030405060708090a0b0c0d0eff",
        "é00102030405060708090a0b0c0d0ef",
    ])
    func hasOneSpelling(_ text: String) { #expect(MessageID(hex: text) == nil) }

    @Test func needsSixteenBytes() {
        #expect(MessageID([UInt8](repeating: 0, count: 15)) == nil)
        #expect(MessageID([UInt8](repeating: 0, count: 17)) == nil)
    }

    @Test func randomOnesDiffer() { #expect(Set((0..<1000).map { _ in MessageID.random() }).count == 1000) }
}
