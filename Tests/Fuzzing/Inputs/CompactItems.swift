/// TTLV without lengths of structures: what a mutation changes stays well nested, so that the fuzzer gets behind the first
/// length.
///
/// An item is its type (1 byte), its tag (3), then for a structure its items and a zero byte, for a type of fixed length
/// the value without padding, and else the value's length (2 bytes) and the value.
package enum CompactItems {
    private static let deepest = 40
    private static let structure: UInt8 = 0x01

    /// Any bytes as TTLV, one item after the other.
    package static func expand(_ compact: [UInt8]) -> [UInt8] {
        var input = InputReader(compact)
        var output: [UInt8] = []
        while !input.isAtEnd {
            let type = input.byte()
            if type != 0 { item(type, &input, into: &output, depth: 1) }
        }
        return output
    }

    private static func item(_ type: UInt8, _ input: inout InputReader, into output: inout [UInt8], depth: Int) {
        let tag = input.bytes(3)
        output += tag + [UInt8](repeating: 0, count: 3 - tag.count)
        output.append(type)
        if type == structure, depth < deepest {
            let place = output.count
            output += [0, 0, 0, 0]
            while !input.isAtEnd {
                let inner = input.byte()
                if inner == 0 { break }
                item(inner, &input, into: &output, depth: depth + 1)
            }
            setLength(output.count - place - 4, at: place, of: &output)
        } else {
            let count: Int
            switch type {
            case 0x02, 0x05, 0x0A: count = 4
            case 0x03, 0x06, 0x09: count = 8
            default:
                let high = input.byte()
                count = Int(high) << 8 | Int(input.byte())
            }
            let value = input.bytes(count)
            let place = output.count
            output += [0, 0, 0, 0]
            setLength(value.count, at: place, of: &output)
            output += value
            output += [UInt8](repeating: 0, count: (8 - value.count & 7) & 7)
        }
    }

    private static func setLength(_ length: Int, at place: Int, of output: inout [UInt8]) {
        for index in 0..<4 { output[place + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
    }

    /// The compact form of sound TTLV; nil for anything else.
    package static func compact(_ message: [UInt8]) -> [UInt8]? {
        var output: [UInt8] = []
        return append(message[...], to: &output) ? output : nil
    }

    private static func append(_ items: ArraySlice<UInt8>, to output: inout [UInt8]) -> Bool {
        var rest = items
        while !rest.isEmpty {
            guard rest.count >= 8 else { return false }
            let header = Array(rest.prefix(8))
            rest = rest.dropFirst(8)
            let length = header[4...].reduce(0) { $0 << 8 | Int($1) }
            let padded = (length + 7) & ~7
            guard rest.count >= padded, length <= 0xFFFF else { return false }
            let value = rest.prefix(length)
            rest = rest.dropFirst(padded)
            output.append(header[3])
            output += header[..<3]
            switch header[3] {
            case structure:
                guard append(value, to: &output) else { return false }
                output.append(0)
            case 0x02, 0x05, 0x0A, 0x03, 0x06, 0x09: output += value
            default: output += [UInt8(length >> 8), UInt8(length & 0xFF)] + value
            }
        }
        return true
    }
}
