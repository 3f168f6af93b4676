/// Writes items, in two passes: the first, without a buffer, only counts; the second fills a buffer of that size.
///
/// So a message that contains key material goes straight into the protected memory from which it is sent, and is in no
/// other place. The buffer must outlive the writer; ``encode(newestTag:into:_:)`` sees to that.
package struct ItemWriter: ~Copyable {
    private let target: UnsafeMutableRawBufferPointer?
    private let newestTag: Tag
    private var byteCount = 0

    private init(target: UnsafeMutableRawBufferPointer?, newestTag: Tag) {
        self.target = target
        self.newestTag = newestTag
    }

    /// How many bytes `body` writes.
    ///
    /// - Parameter newestTag: the highest tag of the standard's range that the protocol version has. Items with higher
    ///   ones are left out.
    package static func measure(newestTag: Tag, _ body: (inout ItemWriter) -> Void) -> Int {
        var writer = ItemWriter(target: nil, newestTag: newestTag)
        body(&writer)
        return writer.byteCount
    }

    /// Writes what `body` writes into `buffer`, which has exactly the size that ``measure(newestTag:_:)`` gave.
    package static func encode(
        newestTag: Tag,
        into buffer: UnsafeMutableRawBufferPointer,
        _ body: (inout ItemWriter) -> Void
    ) {
        var writer = ItemWriter(target: buffer, newestTag: newestTag)
        body(&writer)
        precondition(writer.byteCount == buffer.count, "the buffer has another size than was measured")
    }

    /// Measures, then writes into an array: for messages without anything secret.
    package static func bytes(newestTag: Tag, _ body: (inout ItemWriter) -> Void) -> [UInt8] {
        let count = measure(newestTag: newestTag, body)
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let exact = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
            encode(newestTag: newestTag, into: UnsafeMutableRawBufferPointer(exact), body)
            initialized = count
        }
    }

    private func isWritten(_ tag: Tag) -> Bool {
        !tag.isStandard || tag.rawValue <= newestTag.rawValue
    }

    private mutating func put(_ source: UnsafeRawBufferPointer) {
        if let target {
            UnsafeMutableRawBufferPointer(rebasing: target[byteCount..<byteCount + source.count]).copyMemory(
                from: source
            )
        }
        byteCount += source.count
    }

    private mutating func put(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { put($0) }
    }

    private mutating func header(_ tag: Tag, _ type: ItemType, length: Int) {
        put(tag.rawValue << 8 | UInt32(type.rawValue))
        put(UInt32(length))
    }

    private mutating func padded(_ tag: Tag, _ type: ItemType, _ value: UnsafeRawBufferPointer) {
        guard isWritten(tag) else { return }
        header(tag, type, length: value.count)
        put(value)
        while byteCount % 8 != 0 { put(UInt8(0)) }
    }

    private mutating func number32(_ tag: Tag, _ type: ItemType, _ value: UInt32) {
        guard isWritten(tag) else { return }
        header(tag, type, length: 4)
        put(value)
        put(UInt32(0))
    }

    private mutating func number64(_ tag: Tag, _ type: ItemType, _ value: UInt64) {
        guard isWritten(tag) else { return }
        header(tag, type, length: 8)
        put(value)
    }
}

// MARK: - Items

extension ItemWriter {
    /// A structure with what `body` writes; its length is filled in afterwards.
    package mutating func structure(_ tag: Tag, _ body: (inout ItemWriter) -> Void) {
        guard isWritten(tag) else { return }
        header(tag, .structure, length: 0)
        let start = byteCount
        body(&self)
        let length = UInt32(byteCount - start)
        if let target {
            target.storeBytes(of: length.bigEndian, toByteOffset: start - 4, as: UInt32.self)
        }
    }

    package mutating func integer(_ tag: Tag, _ value: Int32) {
        number32(tag, .integer, UInt32(bitPattern: value))
    }

    package mutating func longInteger(_ tag: Tag, _ value: Int64) {
        number64(tag, .longInteger, UInt64(bitPattern: value))
    }

    /// - Parameter value: two's complement, most significant byte first; filled up in front to a multiple of eight.
    package mutating func bigInteger(_ tag: Tag, _ value: [UInt8]) {
        guard isWritten(tag) else { return }
        let fill: UInt8 = value.first.map { $0 >= 0x80 ? 0xFF : 0 } ?? 0
        let length = max((value.count + 7) & ~7, 8)
        header(tag, .bigInteger, length: length)
        for _ in value.count..<length { put(fill) }
        value.withUnsafeBytes { put($0) }
    }

    package mutating func enumeration(_ tag: Tag, _ value: UInt32) {
        number32(tag, .enumeration, value)
    }

    package mutating func boolean(_ tag: Tag, _ value: Bool) {
        number64(tag, .boolean, value ? 1 : 0)
    }

    package mutating func text(_ tag: Tag, _ value: String) {
        var value = value
        value.withUTF8 { padded(tag, .textString, UnsafeRawBufferPointer($0)) }
    }

    package mutating func bytes(_ tag: Tag, _ value: [UInt8]) {
        value.withUnsafeBytes { padded(tag, .byteString, $0) }
    }

    package mutating func dateTime(_ tag: Tag, _ value: Int64) {
        number64(tag, .dateTime, UInt64(bitPattern: value))
    }

    package mutating func interval(_ tag: Tag, _ value: UInt32) {
        number32(tag, .interval, value)
    }

    package mutating func secretBytes(_ tag: Tag, _ value: any SecretContent) {
        value.withUnsafeBytes { padded(tag, .byteString, $0) }
    }

    package mutating func secretText(_ tag: Tag, _ value: any SecretContent) {
        value.withUnsafeBytes { padded(tag, .textString, $0) }
    }

    package mutating func value(_ tag: Tag, _ value: ItemValue) {
        switch value {
        case .structure(let items):
            structure(tag) { writer in
                for item in items { writer.value(item.tag, item.value) }
            }
        case .integer(let value): integer(tag, value)
        case .longInteger(let value): longInteger(tag, value)
        case .bigInteger(let value): bigInteger(tag, value)
        case .enumeration(let value): enumeration(tag, value)
        case .boolean(let value): boolean(tag, value)
        case .text(let value): text(tag, value)
        case .bytes(let value): bytes(tag, value)
        case .dateTime(let value): dateTime(tag, value)
        case .interval(let value): interval(tag, value)
        }
    }

    package mutating func item(_ item: Item) {
        value(item.tag, item.value)
    }
}
