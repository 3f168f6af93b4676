/// Writes columns so that no two different records have the same bytes: every part says its type and its length.
struct RecordEncoder {
    private(set) var bytes: [UInt8] = []

    init(reserving byteCount: Int = 512) {
        bytes.reserveCapacity(byteCount)
    }

    mutating func append(byte: UInt8) {
        bytes.append(byte)
    }

    /// Big-endian.
    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Behind its length as 8 bytes.
    mutating func append(prefixed content: some Collection<UInt8>) {
        append(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// One byte of type, the length, the value.
    mutating func append(_ value: StoreValue) {
        switch value {
        case .null:
            append(byte: 0)
            append(UInt64(0))
        case .integer(let number):
            append(byte: 1)
            append(UInt64(8))
            append(number)
        case .text(let text):
            append(byte: 2)
            append(prefixed: text.utf8)
        case .blob(let content):
            append(byte: 3)
            append(prefixed: content)
        }
    }
}
