/// The form of SoftHSM's object files (`ObjectFile.cpp` and `File.cpp` of SoftHSM 2.6): a generation number, then
/// attributes as type, kind and value, every number of 8 bytes, big-endian. Read here only to tell whole from damaged.
enum SoftHSMObjectFile {
    /// Whether the bytes are a generation and at least one whole attribute, with nothing left over.
    static func isWhole(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        guard readNumber(&rest) != nil, !rest.isEmpty else { return false }
        return skipAttributes(&rest, depth: 0)
    }

    private static func skipAttributes(_ rest: inout ArraySlice<UInt8>, depth: Int) -> Bool {
        while !rest.isEmpty {
            guard readNumber(&rest) != nil, let kind = readNumber(&rest) else { return false }
            guard skipValue(&rest, kind: kind, depth: depth) else { return false }
        }
        return true
    }

    private static func skipValue(_ rest: inout ArraySlice<UInt8>, kind: UInt64, depth: Int) -> Bool {
        switch kind {
        case 1:  // a boolean
            return skip(&rest, 1)
        case 2:  // a number
            return skip(&rest, 8)
        case 3:  // a byte string
            guard let count = readNumber(&rest) else { return false }
            return skip(&rest, count)
        case 4:  // attributes: a length in bytes, then the same form again
            guard depth < 4, let count = readNumber(&rest), count <= UInt64(rest.count) else { return false }
            var inner = rest.prefix(Int(count))
            guard skipAttributes(&inner, depth: depth + 1) else { return false }
            return skip(&rest, count)
        case 5:  // mechanisms: a number of them, then the mechanisms
            guard let count = readNumber(&rest), count <= UInt64(rest.count) else { return false }
            return skip(&rest, count * 8)
        default:
            return false
        }
    }

    private static func readNumber(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        guard rest.count >= 8 else { return nil }
        let number = rest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest.removeFirst(8)
        return number
    }

    private static func skip(_ rest: inout ArraySlice<UInt8>, _ count: UInt64) -> Bool {
        guard count <= UInt64(rest.count) else { return false }
        rest.removeFirst(Int(count))
        return true
    }
}
