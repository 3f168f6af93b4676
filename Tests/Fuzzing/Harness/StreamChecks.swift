import Cryptography
import FuzzInputs
import KMIP
import KMIPFraming
import PipelineFixtures
import TTLV

/// A connection's bytes, as a gateway or a client takes them:
/// `flags (1: compact, 2: what a client reads, 4: 3DES, 8: no credentials) | fragments | outcomes' length | outcomes | bytes`.
enum StreamChecks {
    /// The longest message; shorter than the longest input, so that inputs get beyond it.
    private static let longestMessage = 16_384

    static func check(_ input: inout InputReader) throws {
        let flags = input.byte()
        let fragments = input.byte()
        let outcomes = input.counted(atMost: 64)
        let rest = input.remaining()
        let stream = flags & 1 == 0 ? rest : CompactItems.expand(rest)
        let kind = flags & 2 == 0 ? KMIPMessageKind.request : .response
        let messages = try split(stream, kind, fragments: fragments)
        for message in messages {
            switch kind {
            case .request:
                try RequestChecks(
                    allowsTripleDES: flags & 4 != 0,
                    refusesCredentials: flags & 8 != 0,
                    outcomes: outcomes
                ).check(message)
            case .response: try ResponseChecks.check(message)
            }
        }
    }

    /// Cuts the stream with the assembler, and compares each step with what the bytes so far mean.
    private static func split(_ stream: [UInt8], _ kind: KMIPMessageKind, fragments: UInt8) throws -> [SecretBox] {
        var assembler = KMIPFrameAssembler(of: kind, maximumByteCount: longestMessage)
        var expected = PlainFrames(kind, longestMessage: longestMessage)
        var messages: [SecretBox] = []
        var state = UInt32(fragments)
        var place = 0
        while place < stream.count {
            state = state &* 1_664_525 &+ 1_013_904_223
            // No fragments; then mostly short ones, to come upon every place of a header.
            let most = fragments == 0 ? stream.count : fragments & 1 == 0 ? 16 : 1_500
            let end = min(place + 1 + Int(state >> 16) % most, stream.count)
            let chunk = fragments == 0 ? stream[...] : stream[place..<end]
            place = fragments == 0 ? stream.count : end
            let (frames, failure) = expected.take(chunk)
            assembler.append(SecretBox(try SecretBytes.made(of: Array(chunk))))
            for frame in frames {
                guard let message = try? assembler.next() else { throw Violation("a message is not found") }
                try require(message.bytes.withUnsafeBytes { frame.elementsEqual($0) }, "a message is cut wrongly")
                messages.append(message)
            }
            let refusal = try refusal(of: &assembler)
            try require(
                refusal == failure,
                "refused with \(String(describing: refusal)) instead of \(String(describing: failure))"
            )
            if refusal != nil { return messages }
            try require(
                assembler.hasUnfinishedBytes == expected.hasUnfinishedBytes,
                "unfinished bytes are not told from none"
            )
        }
        return messages
    }

    /// Why the assembler goes no further; nil where it only waits for more.
    private static func refusal(of assembler: inout KMIPFrameAssembler) throws(Violation) -> KMIPFrameError? {
        let more: SecretBox?
        do throws(KMIPFrameError) {
            more = try assembler.next()
        } catch {
            return error
        }
        try require(more == nil, "a message too many")
        return nil
    }
}

/// The same cutting, on an array.
private struct PlainFrames {
    private let leading: [UInt8]
    private let longestMessage: Int
    private var pending: [UInt8] = []

    init(_ kind: KMIPMessageKind, longestMessage: Int) {
        switch kind {
        case .request: leading = [0x42, 0x00, 0x78, 0x01]
        case .response: leading = [0x42, 0x00, 0x7B, 0x01]
        }
        self.longestMessage = longestMessage
    }

    var hasUnfinishedBytes: Bool { !pending.isEmpty }

    /// The messages that are whole with this chunk, and why what follows them is refused, if it is.
    mutating func take(_ chunk: ArraySlice<UInt8>) -> (frames: [[UInt8]], failure: KMIPFrameError?) {
        pending += chunk
        var frames: [[UInt8]] = []
        while !pending.isEmpty {
            guard zip(pending, leading).allSatisfy({ $0 == $1 }) else { return (frames, .notAMessage) }
            guard pending.count >= 8 else { break }
            let length = pending[4..<8].reduce(0) { $0 << 8 | Int($1) }
            guard length % 8 == 0 else { return (frames, .notAMessage) }
            guard length + 8 <= longestMessage else { return (frames, .tooLarge(limit: longestMessage)) }
            guard pending.count >= length + 8 else { break }
            frames.append(Array(pending.prefix(length + 8)))
            pending.removeFirst(length + 8)
        }
        return (frames, nil)
    }
}
