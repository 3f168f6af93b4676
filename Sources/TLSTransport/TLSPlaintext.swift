package import NIOCore

/// The form in which a TLS handler takes and delivers plaintext.
///
/// ByteBuffer is for what may lie in ordinary memory; SecretBox is for what may hold keys. libssl then reads straight
/// into secure memory and writes straight from it, and there is no other copy: libssl encrypts in place in the buffer of
/// the record that it builds, and wipes the record that it has read (SSL_OP_CLEANSE_PLAINTEXT).
package protocol TLSPlaintext: Sendable {
    /// A message of `count` bytes.
    ///
    /// - Parameter fill: writes the bytes, and returns how many there are: `count`, or it failed.
    /// - Returns: nil if `fill` failed.
    static func message(
        count: Int,
        filledBy fill: (UnsafeMutableRawBufferPointer) -> Int
    ) throws(TLSError) -> Self?

    func withPlaintextBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result
}

extension ByteBuffer: TLSPlaintext {
    package static func message(
        count: Int,
        filledBy fill: (UnsafeMutableRawBufferPointer) -> Int
    ) throws(TLSError) -> ByteBuffer? {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        let filled = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
            max(0, fill(UnsafeMutableRawBufferPointer(rebasing: space.prefix(count))))
        }
        return filled == count ? buffer : nil
    }

    package func withPlaintextBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeReadableBytes(body)
    }
}
