extension RawSpan {
    /// Bounds are checked by the span: reading outside of it ends the process.
    func byte(at offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < byteCount)
        return unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    func tag(at offset: Int) -> Tag {
        Tag(UInt32(byte(at: offset)) << 16 | UInt32(byte(at: offset + 1)) << 8 | UInt32(byte(at: offset + 2)))
    }

    func bigEndian32(at offset: Int) -> UInt32 {
        precondition(offset >= 0 && offset <= byteCount - 4)
        return UInt32(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    func bigEndian64(at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset <= byteCount - 8)
        return UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
