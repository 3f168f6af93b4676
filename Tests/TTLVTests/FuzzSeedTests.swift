import FuzzInputs
import TTLV
import Testing

/// The fuzzer's seeds that are made from the standard's examples: `make fuzz-seeds` writes them anew.
struct FuzzSeedTests {
    /// The fields that the fuzz target asks for, one byte each: an inner structure, then each type in turn.
    private static let program: [UInt8] = [0, 16, 14, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 0xFF, 17]

    @Test func areWhatTheExamplesGive() throws {
        var seeds: [String: [UInt8]] = [:]
        for example in StandardExamplesTests.examples {
            let message = message(containing: example.encoding)
            let compact = try #require(CompactItems.compact(message))
            #expect(CompactItems.expand(compact) == message)
            seeds["\(example.value.type)"] = [0, UInt8(Self.program.count)] + Self.program + message
            seeds["\(example.value.type)-compact"] = [1, 0] + compact
        }
        let all = message(containing: StandardExamplesTests.examples.map(\.encoding).joined())
        for number in UInt8(3)...13 {
            seeds["fields-\(number)"] = [0, 12] + [UInt8](repeating: number, count: 12) + all
        }
        #expect(try SeedFolder("ttlv").outdated("standard", seeds) == [])
    }
}
