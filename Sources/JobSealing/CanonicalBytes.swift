/// Bytes with one possible encoding for one list of fields: each field is preceded by its length, so that no two lists
/// give the same bytes. What is authenticated goes through this, never through protobuf.
struct CanonicalBytes {
    private(set) var bytes: [UInt8] = []

    /// - Parameter context: says what the bytes are for, so that those of one purpose never serve another.
    init(context: String) {
        append(Array(context.utf8))
    }

    mutating func append(_ field: [UInt8]) {
        withUnsafeBytes(of: UInt32(field.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: field)
    }

    mutating func append(_ text: String) {
        append(Array(text.utf8))
    }

    mutating func append(_ number: Int64) {
        append(withUnsafeBytes(of: number.bigEndian) { Array($0) })
    }
}
