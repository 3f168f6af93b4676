import Cryptography
import KMIPFraming
import Testing

struct KMIPFrameAssemblerTests {
    private static func cut(_ chunks: [[UInt8]], maximum: Int = 1024) throws -> [[UInt8]] {
        var assembler = KMIPFrameAssembler(of: .request, maximumByteCount: maximum)
        var frames: [[UInt8]] = []
        for chunk in chunks {
            assembler.append(try Frames.box(chunk))
            while let frame = try assembler.next() {
                frames.append(Frames.bytes(frame))
            }
        }
        return frames
    }

    /// Three messages, of 8, 16 and 48 bytes.
    private static let frames = [0, 8, 40].map { Frames.request([UInt8](repeating: UInt8($0), count: $0)) }

    @Test(arguments: 1...72)
    func cutsAStreamAlikeHoweverItIsDivided(size: Int) throws {
        let stream = Self.frames.flatMap(\.self)
        let chunks = stride(from: 0, to: stream.count, by: size).map { start in
            Array(stream[start..<min(start + size, stream.count)])
        }
        #expect(try Self.cut(chunks) == Self.frames)
    }

    @Test func passesAWholeMessageThrough() throws {
        var assembler = KMIPFrameAssembler(of: .request, maximumByteCount: 1024)
        let chunk = try Frames.box(Frames.request([1, 2, 3, 4, 5, 6, 7, 8]))
        assembler.append(chunk)
        #expect(try assembler.next() === chunk)
        #expect(assembler.hasUnfinishedBytes == false)
    }

    @Test func ignoresEmptyChunksAndKnowsOfUnfinishedBytes() throws {
        var assembler = KMIPFrameAssembler(of: .request, maximumByteCount: 1024)
        assembler.append(try Frames.box([]))
        #expect(assembler.hasUnfinishedBytes == false)
        assembler.append(try Frames.box([0x42]))
        #expect(try assembler.next() == nil)
        #expect(assembler.hasUnfinishedBytes == true)
    }

    @Test(arguments: [
        ([0x43], KMIPFrameError.notAMessage),
        ([0x42, 0x00, 0x7B], .notAMessage),
        ([0x42, 0x00, 0x78, 0x07], .notAMessage),
        ([0x42, 0x00, 0x78, 0x01, 0x00, 0x00, 0x00, 0x04], .notAMessage),
        ([0x42, 0x00, 0x78, 0x01, 0x00, 0x00, 0x04, 0x00], .tooLarge(limit: 1024)),
        ([0x42, 0x00, 0x78, 0x01, 0xFF, 0xFF, 0xFF, 0xF8], .tooLarge(limit: 1024)),
    ])
    func refusesWhatIsNoMessage(bytes: [UInt8], error: KMIPFrameError) throws {
        #expect(throws: error) { try Self.cut([bytes]) }
        #expect(throws: error) { try Self.cut(bytes.map { [$0] }) }
    }

    /// A header costs its sender eight bytes, whatever length it announces.
    @Test func takesMemoryForWhatHasComeOnly() throws {
        let before = SecureHeap.usedByteCount
        var assembler = KMIPFrameAssembler(of: .request, maximumByteCount: 1 << 30)
        // 512 MiB, more than the arena has.
        assembler.append(try Frames.box([0x42, 0x00, 0x78, 0x01, 0x20, 0x00, 0x00, 0x00]))
        #expect(try assembler.next() == nil)
        for _ in 0..<64 {
            assembler.append(try Frames.box([UInt8](repeating: 7, count: 1024)))
            #expect(try assembler.next() == nil)
        }
        // 64 KiB, at most doubled and rounded up to a power of two; other tests may use the arena at the same time.
        #expect(SecureHeap.usedByteCount - before < 1 << 20)
    }

    @Test func saysWhenThereIsNoSecureMemory() throws {
        // The arena has 8 MiB by default: the message outgrows it.
        let header: [UInt8] = [0x42, 0x00, 0x78, 0x01, 0x20, 0x00, 0x00, 0x00]
        let piece = [UInt8](repeating: 7, count: 1 << 18)
        #expect(throws: KMIPFrameError.secureMemoryExhausted) {
            try Self.cut([header] + [[UInt8]](repeating: piece, count: 64), maximum: 1 << 30)
        }
    }

    @Test func takesAMessageOfTheLimit() throws {
        let message = Frames.request([UInt8](repeating: 7, count: 1016))
        #expect(try Self.cut([message]) == [message])
        #expect(throws: KMIPFrameError.tooLarge(limit: 1023)) { try Self.cut([message], maximum: 1023) }
    }
}
