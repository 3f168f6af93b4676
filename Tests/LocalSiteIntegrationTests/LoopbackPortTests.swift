import Testing

@testable import LocalSite

@Suite struct LoopbackPortTests {
    @Test(arguments: [
        ("32768\t60999\n", UInt16(10_000)...32_767), ("10000 32767", 32_768...65_535), ("1024 60999", 61_000...65_535),
        ("1024 65535", 10_000...65_535), ("32768 65535", 10_000...32_767), ("", 10_000...65_535),
        ("9 1", 10_000...65_535),
    ])
    func portsOfClientsAreLeftOut(range: String, expected: ClosedRange<UInt16>) {
        #expect(LoopbackPort.neverAClients(beside: range) == expected)
    }

    @Test func whatIsFreeCanBeListenedOn() throws {
        for _ in 0..<50 { #expect(LoopbackPort.isFree(try LoopbackPort.free())) }
    }
}
