/// Reads the fields of one structure, in order, from bytes that it borrows.
///
/// Fields are asked for by tag, in the standard's order. What was not asked for is found by ``finish()``, which every
/// structure's decoder calls last; hence nothing can be left over unnoticed.
///
/// The type can't outlive the bytes: the compiler holds its lifetime to that of the span.
package struct ItemReader: ~Escapable {
    /// The bytes between two places of `content`, which `open` has checked.
    private struct OpenItem {
        let tag: Tag
        let type: ItemType
        let value: Range<Int>
        let end: Int
    }

    private let content: RawSpan
    private let limits: ReaderLimits
    /// How many more structures may be opened inside this one.
    private let remainingDepth: Int
    private var offset = 0

    @_lifetime(copy content)
    private init(content: RawSpan, limits: ReaderLimits, remainingDepth: Int) {
        self.content = content
        self.limits = limits
        self.remainingDepth = remainingDepth
    }

    /// The fields of the one structure that `message` consists of.
    @_lifetime(copy message)
    package init(message: RawSpan, tag: Tag, limits: ReaderLimits) throws(TTLVError) {
        let outer = ItemReader(content: message, limits: limits, remainingDepth: limits.maximumDepth)
        guard message.byteCount >= MessageFrame.headerSize else { throw TTLVError(.truncated) }
        let item = try outer.open()
        guard item.tag == tag, item.type == .structure else { throw TTLVError(.notAMessage) }
        guard item.end == message.byteCount else { throw TTLVError(.trailingBytes) }
        self.init(
            content: message.extracting(item.value),
            limits: limits,
            remainingDepth: limits.maximumDepth - 1
        )
    }

    package var isAtEnd: Bool {
        offset == content.byteCount
    }

    /// The tag of the field that comes next, without reading it.
    package var nextTag: Tag? {
        content.byteCount - offset >= 3 ? content.tag(at: offset) : nil
    }

    /// The same fields, read for a protocol version that ends with another tag.
    @_lifetime(copy self)
    package func limited(newestTag: Tag) -> ItemReader {
        var limits = self.limits
        limits.newestTag = newestTag
        var copy = ItemReader(content: content, limits: limits, remainingDepth: remainingDepth)
        copy.offset = offset
        return copy
    }

    /// The one place where an item is opened: tag, type, the length that its type may have, and its end, padding
    /// included, within the structure that holds it.
    ///
    /// Padding is counted, not looked at: the standard says how long it is (section 9.1.1.3), not what it contains.
    private func open() throws(TTLVError) -> OpenItem {
        let available = content.byteCount - offset
        guard available >= 8 else { throw TTLVError(.truncated) }
        let tag = content.tag(at: offset)
        guard let type = ItemType(rawValue: content.byte(at: offset + 3)) else { throw TTLVError(.unknownType, tag) }
        let length = Int(content.bigEndian32(at: offset + 4))
        guard type.allows(length: length) else { throw TTLVError(.invalidLength, tag) }
        let padded = (length + 7) & ~7
        guard padded <= available - 8 else { throw TTLVError(.truncated, tag) }
        if type == .structure, remainingDepth == 0 { throw TTLVError(.tooDeep, tag) }
        let start = offset + 8
        return OpenItem(tag: tag, type: type, value: start..<start + length, end: start + padded)
    }

    /// Whether the next field is the one asked for, and one that the protocol version has.
    private func isNext(_ tag: Tag) -> Bool {
        nextTag == tag && !(tag.isStandard && tag.rawValue > limits.newestTag.rawValue)
    }

    private mutating func take(_ tag: Tag, _ type: ItemType) throws(TTLVError) -> Range<Int>? {
        guard isNext(tag) else { return nil }
        let item = try open()
        guard item.type == type else { throw TTLVError(.unexpectedType, tag) }
        offset = item.end
        return item.value
    }

    /// Ends the structure: nothing may be left over.
    package func finish() throws(TTLVError) {
        guard !isAtEnd else { return }
        let leftover = try open().tag
        var earlier = ItemReader(content: content, limits: limits, remainingDepth: remainingDepth)
        while earlier.offset < offset {
            let item = try earlier.open()
            if item.tag == leftover { throw TTLVError(.repeatedItem, leftover) }
            earlier.offset = item.end
        }
        if limits.unknownItems == .refused { throw TTLVError(.unexpectedItem, leftover) }
    }

    /// Passes over the next field, whatever it is. Its content is not looked at.
    package mutating func skip() throws(TTLVError) {
        offset = try open().end
    }
}

// MARK: - Fields that may be absent

extension ItemReader {
    @_lifetime(copy self)
    package mutating func structureIfPresent(_ tag: Tag) throws(TTLVError) -> ItemReader? {
        guard let value = try take(tag, .structure) else { return nil }
        return ItemReader(content: content.extracting(value), limits: limits, remainingDepth: remainingDepth - 1)
    }

    package mutating func integerIfPresent(_ tag: Tag) throws(TTLVError) -> Int32? {
        guard let value = try take(tag, .integer) else { return nil }
        return Int32(bitPattern: content.bigEndian32(at: value.lowerBound))
    }

    package mutating func longIntegerIfPresent(_ tag: Tag) throws(TTLVError) -> Int64? {
        guard let value = try take(tag, .longInteger) else { return nil }
        return Int64(bitPattern: content.bigEndian64(at: value.lowerBound))
    }

    package mutating func bigIntegerIfPresent(_ tag: Tag) throws(TTLVError) -> [UInt8]? {
        guard let value = try take(tag, .bigInteger) else { return nil }
        return copy(value)
    }

    package mutating func enumerationIfPresent(_ tag: Tag) throws(TTLVError) -> UInt32? {
        guard let value = try take(tag, .enumeration) else { return nil }
        return content.bigEndian32(at: value.lowerBound)
    }

    package mutating func booleanIfPresent(_ tag: Tag) throws(TTLVError) -> Bool? {
        guard let value = try take(tag, .boolean) else { return nil }
        switch content.bigEndian64(at: value.lowerBound) {
        case 0: return false
        case 1: return true
        default: throw TTLVError(.invalidBoolean, tag)
        }
    }

    package mutating func textIfPresent(_ tag: Tag) throws(TTLVError) -> String? {
        guard let value = try take(tag, .textString) else { return nil }
        guard let text = String(validating: copy(value), as: UTF8.self) else { throw TTLVError(.invalidText, tag) }
        return text
    }

    package mutating func bytesIfPresent(_ tag: Tag) throws(TTLVError) -> [UInt8]? {
        guard let value = try take(tag, .byteString) else { return nil }
        return copy(value)
    }

    package mutating func dateTimeIfPresent(_ tag: Tag) throws(TTLVError) -> Int64? {
        guard let value = try take(tag, .dateTime) else { return nil }
        return Int64(bitPattern: content.bigEndian64(at: value.lowerBound))
    }

    package mutating func intervalIfPresent(_ tag: Tag) throws(TTLVError) -> UInt32? {
        guard let value = try take(tag, .interval) else { return nil }
        return content.bigEndian32(at: value.lowerBound)
    }

    /// A Byte String that is secret. What `make` throws is passed on.
    package mutating func secretBytesIfPresent(_ tag: Tag, _ make: SecretFactory) throws -> (any SecretContent)? {
        guard let value = try take(tag, .byteString) else { return nil }
        return try content.extracting(value).withUnsafeBytes(make)
    }

    /// A Text String that is secret; it is not checked to be UTF-8.
    package mutating func secretTextIfPresent(_ tag: Tag, _ make: SecretFactory) throws -> (any SecretContent)? {
        guard let value = try take(tag, .textString) else { return nil }
        return try content.extracting(value).withUnsafeBytes(make)
    }

    private func copy(_ range: Range<Int>) -> [UInt8] {
        content.extracting(range).withUnsafeBytes { [UInt8]($0) }
    }
}

// MARK: - Values of any type

extension ItemReader {
    /// The type of the next field, if it has this tag.
    package func nextType(_ tag: Tag) throws(TTLVError) -> ItemType? {
        isNext(tag) ? try open().type : nil
    }

    /// The value of a field whose type is not fixed, such as Attribute Value, with all that is in it.
    package mutating func valueIfPresent(_ tag: Tag) throws(TTLVError) -> ItemValue? {
        isNext(tag) ? try item().value : nil
    }

    /// The next field, whatever it is, with all that is in it. Tags of any version are taken.
    package mutating func item() throws(TTLVError) -> Item {
        let opened = try open()
        let tag = opened.tag
        var reader = ItemReader(content: content, limits: limits, remainingDepth: remainingDepth)
            .limited(newestTag: Tag(0x42FFFF))
        reader.offset = offset
        let value = try reader.takeValue(tag, opened.type)
        offset = opened.end
        return Item(tag, value)
    }

    /// All the fields that are left.
    package mutating func remainingItems() throws(TTLVError) -> [Item] {
        var items: [Item] = []
        while !isAtEnd { items.append(try item()) }
        return items
    }

    private mutating func takeValue(_ tag: Tag, _ type: ItemType) throws(TTLVError) -> ItemValue {
        switch type {
        case .structure:
            var inner = try structure(tag)
            return .structure(try inner.remainingItems())
        case .integer: return .integer(try integer(tag))
        case .longInteger: return .longInteger(try longInteger(tag))
        case .bigInteger: return .bigInteger(try bigInteger(tag))
        case .enumeration: return .enumeration(try enumeration(tag))
        case .boolean: return .boolean(try boolean(tag))
        case .textString: return .text(try text(tag))
        case .byteString: return .bytes(try bytes(tag))
        case .dateTime: return .dateTime(try dateTime(tag))
        case .interval: return .interval(try interval(tag))
        }
    }
}
