package import Cryptography
internal import TTLV

/// Cuts a stream of plaintext into KMIP messages. Each message is one SecretBytes of exactly its size, which the first
/// eight bytes of the message tell: tag, type, length (KMIP 1.4, 9.1.1).
///
/// A chunk that is exactly one message, as nearly all are, is passed through uncopied. Messages are cut when they are asked
/// for, so that one message is in the making at a time, and an error shows only when its turn has come. Memory is taken
/// for what has come, in whole blocks and at most twice as much, and not for what a header announces: secure memory is
/// scarce, and a length costs its sender nothing.
package struct KMIPFrameAssembler: ~Copyable {
    private let kind: KMIPMessageKind
    private let maximumByteCount: Int
    /// Chunks not yet cut, in order; of the first one, `offset` bytes are done with.
    private var chunks: [SecretBox] = []
    private var offset = 0
    /// The first bytes of a message, up to eight. They are no secret.
    private var header: [UInt8] = []
    /// The message in the making, once its header is whole: its size, its beginning, and how much of it there is.
    private var size = 0
    private var frame: SecretBytes?
    /// Bytes that `frame` has place for.
    private var capacity = 0
    private var filled = 0

    private static let firstCapacity = 1024

    /// - Parameter maximumByteCount: of a whole message, header included.
    package init(of kind: KMIPMessageKind, maximumByteCount: Int) {
        self.kind = kind
        self.maximumByteCount = maximumByteCount
        self.frame = nil
    }

    package mutating func append(_ chunk: SecretBox) {
        if chunk.bytes.count > 0 {
            chunks.append(chunk)
        }
    }

    /// Whether bytes have come that belong to no message returned so far.
    package var hasUnfinishedBytes: Bool {
        !chunks.isEmpty || !header.isEmpty
    }

    /// The secure memory that it takes at present, in bytes of whole blocks.
    package var heldByteCount: Int {
        chunks.reduce(SecureBlock.byteCount(holding: capacity)) { $0 + SecureBlock.byteCount(holding: $1.bytes.count) }
    }

    /// The most that it will take until `next` has returned, if a chunk of `count` bytes is appended before.
    package func mostByteCount(adding count: Int) -> Int {
        let unread = chunks.reduce(count - offset) { $0 + $1.bytes.count }
        let needed = min(size > 0 ? size : maximumByteCount, max(filled, header.count) + unread)
        let held = heldByteCount + SecureBlock.byteCount(holding: count)
        guard unread > 0, needed > capacity else { return held }
        let present = SecureBlock.byteCount(holding: capacity)
        guard capacity > 0 || needed > Self.firstCapacity else {
            return held + SecureBlock.byteCount(holding: Self.firstCapacity)
        }
        // What grows is copied: for a moment there is the old one as well, which is half as large at most.
        let grown = SecureBlock.byteCount(holding: max(needed, 2 * max(capacity, Self.firstCapacity)))
        return held - present + grown + grown / 2
    }

    /// The next message, or nil if it is not whole yet. After an error the assembler is of no further use.
    package mutating func next() throws(KMIPFrameError) -> SecretBox? {
        if let whole = takeWholeChunk() { return whole }
        while let chunk = chunks.first {
            if header.count < MessageFrame.headerSize {
                takeHeader(from: chunk)
                try checkLeadingBytes()
                if header.count == MessageFrame.headerSize {
                    try beginFrame()
                }
            }
            try fillFrame(from: chunk)
            if offset == chunk.bytes.count {
                chunks.removeFirst()
                offset = 0
            }
            if let done = takeFrame() { return done }
        }
        return nil
    }

    private mutating func takeWholeChunk() -> SecretBox? {
        guard header.isEmpty, offset == 0, let chunk = chunks.first, chunk.bytes.count >= MessageFrame.headerSize else {
            return nil
        }
        let start = chunk.bytes.withUnsafeBytes { Array($0.prefix(MessageFrame.headerSize)) }
        guard (try? messageSize(announcedBy: start)) == chunk.bytes.count else { return nil }
        chunks.removeFirst()
        return chunk
    }

    private mutating func takeHeader(from chunk: SecretBox) {
        let missing = MessageFrame.headerSize - header.count
        let start = offset
        let bytes = chunk.bytes.withUnsafeBytes { Array($0.dropFirst(start).prefix(missing)) }
        header += bytes
        offset += bytes.count
    }

    /// Looks at as much as there is: garbage need not be eight bytes long to be recognized.
    private func checkLeadingBytes() throws(KMIPFrameError) {
        let expected = kind.leadingBytes
        guard header.prefix(expected.count).elementsEqual(expected.prefix(header.count)) else {
            throw .notAMessage
        }
    }

    private mutating func beginFrame() throws(KMIPFrameError) {
        size = try messageSize(announcedBy: header)
        do {
            capacity = min(size, Self.firstCapacity)
            var bytes = try SecretBytes(count: capacity)
            bytes.withUnsafeMutableBytes { $0.copyBytes(from: header) }
            frame = consume bytes
            filled = header.count
        } catch {
            throw .secureMemoryExhausted
        }
    }

    /// Makes room for `count` bytes of the message in the making.
    private mutating func growFrame(toHold count: Int) throws(KMIPFrameError) {
        guard frame != nil, capacity < count else { return }
        let grown = min(size, SecureBlock.byteCount(holding: max(count, 2 * capacity)))
        do {
            var bytes = try SecretBytes(count: grown)
            frame?.withUnsafeBytes { old in
                bytes.withUnsafeMutableBytes { $0.copyMemory(from: old) }
            }
            frame = consume bytes
            capacity = grown
        } catch {
            throw .secureMemoryExhausted
        }
    }

    private func messageSize(announcedBy header: [UInt8]) throws(KMIPFrameError) -> Int {
        do {
            return try MessageFrame.messageSize(header: header.span.bytes, tag: kind.tag, maximum: maximumByteCount)
        } catch {
            throw error.code == .tooLong ? .tooLarge(limit: maximumByteCount) : .notAMessage
        }
    }

    private mutating func fillFrame(from chunk: SecretBox) throws(KMIPFrameError) {
        guard frame != nil else { return }
        let from = offset
        let to = filled
        try growFrame(toHold: min(size, to + chunk.bytes.count - from))
        let copied = frame?.withUnsafeMutableBytes { space in
            chunk.bytes.withUnsafeBytes { bytes in
                let count = min(space.count - to, bytes.count - from)
                space[to..<(to + count)].copyBytes(from: bytes[from..<(from + count)])
                return count
            }
        }
        offset += copied ?? 0
        filled += copied ?? 0
    }

    private mutating func takeFrame() -> SecretBox? {
        guard size == filled, let done = frame.take() else { return nil }
        header = []
        capacity = 0
        filled = 0
        size = 0
        return SecretBox(done)
    }
}
