/// Protobuf whose messages within messages are written as groups: no length to keep right, so that what a mutation changes
/// stays well nested. (Groups, wire types 3 and 4, are in no schema of ours.)
package enum CompactFields {
    private static let deepest = 120

    /// Any bytes as fields, groups turned into messages with a length. What is no field is kept as it is.
    package static func expand(_ compact: [UInt8]) -> [UInt8] {
        var input = InputReader(compact)
        var output: [UInt8] = []
        while !input.isAtEnd { output += fields(&input, depth: 0) }
        return output
    }

    /// Fields up to the end of the group or of the input.
    private static func fields(_ input: inout InputReader, depth: Int) -> [UInt8] {
        var output: [UInt8] = []
        while !input.isAtEnd {
            let key = varint(&input)
            switch key & 7 {
            case 0: output += encoded(key) + encoded(varint(&input))
            case 1: output += encoded(key) + input.bytes(8)
            case 2:
                let value = input.bytes(Int(clamping: varint(&input)))
                output += encoded(key) + encoded(UInt64(value.count)) + value
            case 3 where depth < deepest:
                let value = fields(&input, depth: depth + 1)
                output += encoded(key & ~7 | 2) + encoded(UInt64(value.count)) + value
            case 4: return output
            case 5: output += encoded(key) + input.bytes(4)
            default: output += encoded(key)
            }
        }
        return output
    }

    private static func varint(_ input: inout InputReader) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            let byte = input.byte()
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte & 0x80 == 0 { break }
        }
        return value
    }

    private static func encoded(_ number: UInt64) -> [UInt8] {
        var rest = number
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// The compact form of sound fields; nil for anything else. What could be a message is taken for one: written as a
    /// group it means the same bytes.
    package static func compact(_ message: [UInt8]) -> [UInt8]? {
        var input = InputReader(message)
        var output: [UInt8] = []
        while !input.isAtEnd {
            let key = varint(&input)
            switch key & 7 {
            case 0: output += encoded(key) + encoded(varint(&input))
            case 1, 5:
                let value = input.bytes(key & 7 == 1 ? 8 : 4)
                output += encoded(key) + value
            case 2:
                let count = Int(clamping: varint(&input))
                let value = input.bytes(count)
                if let inner = compact(value), !inner.isEmpty {
                    output += encoded(key & ~7 | 3) + inner + encoded(key & ~7 | 4)
                } else {
                    output += encoded(key) + encoded(UInt64(value.count)) + value
                }
            default: return nil
            }
        }
        // Behind a field that was cut short, the end of a group would be taken for a part of it.
        let end: [UInt8] = [0x04]
        return expand(output) == message && expand(output + end) == message ? output : nil
    }
}
