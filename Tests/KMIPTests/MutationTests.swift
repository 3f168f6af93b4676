import KMIP
import TTLV
import Testing

/// A small generator of numbers that are the same in every run (SplitMix64).
private struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// Whatever is done to a message, reading it ends, with a message or an error.
struct MutationTests {
    @Test(arguments: ProtocolVersion.supported)
    func readingNeverTraps(_ version: ProtocolVersion) {
        var numbers = SeededNumbers(state: UInt64(version.minor) + 1)
        let request = SampleMessages.request(version).bytes()
        let response = SampleMessages.response(version).bytes()
        var refused = 0
        for _ in 0..<2_000 {
            let damagedRequest = damaged(request, &numbers)
            let damagedResponse = damaged(response, &numbers)
            do {
                _ = try ReceivedRequest(decoding: damagedRequest.span.bytes, makeSecret: TestSecret.factory)
            } catch {
                refused += 1
            }
            do {
                _ = try ResponseMessage(decoding: damagedResponse.span.bytes, makeSecret: TestSecret.factory)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 0)
    }

    private func damaged(_ message: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8] {
        var bytes = message
        for _ in 0..<Int.random(in: 1...4, using: &numbers) {
            let place = Int.random(in: 0..<bytes.count, using: &numbers)
            switch Int.random(in: 0..<5, using: &numbers) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
            case 2:
                bytes[min(place & ~7 | 7, bytes.count - 1)] =
                    [0, 1, 4, 8, 0x80, 0xFF].randomElement(using: &numbers) ?? 0
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + 8))
            default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 16)], at: place)
            }
            if bytes.isEmpty { return [0] }
        }
        if Bool.random(using: &numbers) { fixLength(&bytes) }
        return bytes
    }

    /// So that what is inside the message is reached.
    private func fixLength(_ bytes: inout [UInt8]) {
        guard bytes.count >= 8 else { return }
        let length = UInt32(bytes.count - 8)
        for index in 0..<4 { bytes[4 + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
    }
}
