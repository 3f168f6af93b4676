import FuzzInputs
import TTLV

/// Calls of a reader, one for each byte of an input.
struct FieldProgram {
    private struct NoSecretMemory: Error {}

    let refusesSecrets: Bool

    private var factory: SecretFactory {
        let refuses = refusesSecrets
        return { bytes in
            if refuses { throw NoSecretMemory() }
            return HeldSecret(Array(bytes))
        }
    }

    func run(_ program: inout InputReader, on reader: inout ItemReader, depth: Int = 0) throws {
        while !program.isAtEnd, depth < 32 {
            let call = program.byte()
            if call == 0xFF { return }
            // Mostly the field that is there; sometimes one that is not.
            let tag = call & 0x40 == 0 ? reader.nextTag ?? Tag(0x420008) : Tag(0x420008)
            switch call & 0x1F {
            case 0:
                guard var inner = try reader.structureIfPresent(tag) else { continue }
                try run(&program, on: &inner, depth: depth + 1)
                try inner.finish()
            case 1:
                var inner = try reader.structure(tag)
                try run(&program, on: &inner, depth: depth + 1)
            case 2:
                var older = reader.limited(newestTag: Tag(0x4200A1))
                try run(&program, on: &older, depth: depth + 1)
            default: try readValue(call & 0x1F, tag, &reader)
            }
        }
    }

    private func readValue(_ call: UInt8, _ tag: Tag, _ reader: inout ItemReader) throws {
        switch call {
        case 3: _ = try reader.integerIfPresent(tag)
        case 4: _ = try reader.longIntegerIfPresent(tag)
        case 5: _ = try reader.bigIntegerIfPresent(tag)
        case 6: _ = try reader.enumerationIfPresent(tag)
        case 7: _ = try reader.booleanIfPresent(tag)
        case 8: _ = try reader.textIfPresent(tag)
        case 9: _ = try reader.bytesIfPresent(tag)
        case 10: _ = try reader.dateTimeIfPresent(tag)
        case 11: _ = try reader.intervalIfPresent(tag)
        case 12: _ = try reader.secretBytesIfPresent(tag, factory)
        case 13: _ = try reader.secretTextIfPresent(tag, factory)
        case 14: _ = try reader.nextType(tag)
        case 15: _ = try reader.valueIfPresent(tag)
        case 16: _ = try reader.item()
        case 17: _ = try reader.remainingItems()
        case 18: _ = try reader.integer(tag)
        case 19: _ = try reader.text(tag)
        case 20: _ = try reader.secretBytes(tag, factory)
        default: try reader.skip()
        }
    }
}

/// Stands for protected memory.
private final class HeldSecret: SecretContent {
    private let content: [UInt8]

    init(_ content: [UInt8]) {
        self.content = content
    }

    var count: Int { content.count }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try content.withUnsafeBytes(body)
    }
}
