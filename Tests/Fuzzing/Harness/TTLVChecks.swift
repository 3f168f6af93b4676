import FuzzInputs
import TTLV

/// TTLV alone: `flags (1: compact) | program length | program | message`.
enum TTLVChecks {
    static func check(_ input: inout InputReader) throws {
        let flags = input.byte()
        var program = InputReader(input.counted(atMost: 64))
        let rest = input.remaining()
        let message = flags & 1 == 0 ? rest : CompactItems.expand(rest)
        try checkFrame(message)
        try checkRoundTrip(message)
        readFields(of: message, &program, refusesSecrets: flags & 2 != 0)
    }

    /// What the first bytes say of a message's size lies within the bounds that were given.
    private static func checkFrame(_ message: [UInt8]) throws {
        for tag in [Tag(0x420078), Tag(0x42007B)] {
            for maximum in [0, 8, 1_024, 1 << 20] {
                let size = try? MessageFrame.messageSize(header: message.span.bytes, tag: tag, maximum: maximum)
                guard let size else { continue }
                try require((8...maximum).contains(size), "a message of \(size) bytes, where \(maximum) are allowed")
                try require(size % 8 == 0, "a message of \(size) bytes")
            }
        }
    }

    /// Whatever is read and written again is the same, byte for byte but for the padding, whose content is free.
    private static func checkRoundTrip(_ message: [UInt8]) throws {
        guard let items = read(message) else { return }
        let tag = PlainBytes.tag(of: message)
        let written = ItemWriter.bytes(newestTag: Tag(0x42FFFF)) { $0.value(tag, .structure(items)) }
        try require(written == PlainBytes.withZeroPadding(message), "what is written is not what was read")
        try require(read(written) == items, "what was written is not read as the same")
        let depth = 1 + (items.map { $0.value.depth }.max() ?? 0)
        try require(depth <= ReaderLimits().maximumDepth, "structures nested \(depth) deep were read")
    }

    static func read(_ message: [UInt8]) -> [Item]? {
        do throws(TTLVError) {
            let tag = PlainBytes.tag(of: message)
            var reader = try ItemReader(message: message.span.bytes, tag: tag, limits: ReaderLimits())
            let items = try reader.remainingItems()
            try reader.finish()
            return items
        } catch {
            return nil
        }
    }

    /// Asks for fields as the input says; what comes back, or an error, is all the same: it must end.
    private static func readFields(of message: [UInt8], _ program: inout InputReader, refusesSecrets: Bool) {
        var limits = ReaderLimits()
        if refusesSecrets { limits.unknownItems = .ignored }
        do {
            let tag = PlainBytes.tag(of: message)
            var reader = try ItemReader(message: message.span.bytes, tag: tag, limits: limits)
            try FieldProgram(refusesSecrets: refusesSecrets).run(&program, on: &reader)
            try reader.finish()
        } catch {
            return
        }
    }
}

extension ItemValue {
    /// How deep structures are nested in the value.
    fileprivate var depth: Int {
        guard case .structure(let items) = self else { return 0 }
        return 1 + (items.map { $0.value.depth }.max() ?? 0)
    }
}

/// TTLV once more, as simply as can be: what the reader and the writer are compared with.
enum PlainBytes {
    static func tag(of message: [UInt8]) -> Tag {
        guard message.count >= 3 else { return Tag(0x420078) }
        return Tag(UInt32(message[0]) << 16 | UInt32(message[1]) << 8 | UInt32(message[2]))
    }

    /// For sound messages only.
    static func withZeroPadding(_ message: [UInt8]) -> [UInt8] {
        var bytes = message
        var place = 0
        while place + 8 <= bytes.count {
            let isStructure = bytes[place + 3] == 0x01
            let length = bytes[place + 4..<place + 8].reduce(0) { $0 << 8 | Int($1) }
            place += 8
            guard !isStructure else { continue }
            let end = min(place + (length + 7) & ~7, bytes.count)
            for index in min(place + length, end)..<end { bytes[index] = 0 }
            place = end
        }
        return bytes
    }
}
