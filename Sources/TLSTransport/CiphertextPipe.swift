internal import CSSL
internal import NIOCore

/// The bytes on the wire of one connection, in the place that libssl looks for a socket: what has arrived and was not
/// read yet, and what is to be sent. No socket, no lock: it belongs to the connection's event loop.
///
/// It has the form of an OpenSSL BIO, by `makeBIO()`. The BIO borrows it: the owner keeps the pipe for as long as the
/// SSL object that the BIO was given to.
final class CiphertextPipe {
    private var incoming = ByteBuffer()
    private var outgoing = ByteBuffer()

    /// Takes over what has arrived. Usually everything before it was read, and nothing is copied.
    func receive(_ bytes: consuming ByteBuffer) {
        if incoming.readableBytes == 0 {
            incoming = bytes
        } else {
            incoming.writeBuffer(&bytes)
        }
    }

    /// What is to be sent, or nil if there is nothing.
    func takeOutgoing() -> ByteBuffer? {
        guard outgoing.readableBytes > 0 else { return nil }
        let bytes = outgoing
        outgoing = ByteBuffer()
        return bytes
    }

    /// libssl reads: -1 when there is nothing (with the retry flag set, by the caller), never 0, which means end of file.
    fileprivate func read(into destination: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(destination.count, incoming.readableBytes)
        guard count > 0 else { return -1 }
        incoming.readWithUnsafeReadableBytes { readable in
            destination.copyMemory(from: UnsafeRawBufferPointer(rebasing: readable.prefix(count)))
            return count
        }
        if incoming.readableBytes == 0 {
            incoming = ByteBuffer()
        }
        return count
    }

    fileprivate func write(_ bytes: UnsafeRawBufferPointer) {
        outgoing.writeBytes(bytes)
    }

    /// A BIO over this pipe, with one reference, for SSL_set_bio to take.
    func makeBIO() throws(TLSError) -> OpaquePointer {
        guard let method = Self.method, let bio = BIO_new(method) else {
            throw TLSError.fromLibrary(fallback: .libraryFailure)
        }
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
        return bio
    }

    /// The BIO's functions. nonisolated(unsafe): the table is filled here, once, and only read by libssl afterwards.
    private nonisolated(unsafe) static let method: OpaquePointer? = {
        let type = BIO_get_new_index()
        guard type != -1, let method = BIO_meth_new(type | BIO_TYPE_SOURCE_SINK, "ciphertext pipe") else { return nil }
        BIO_meth_set_read(method, readFromPipe)
        BIO_meth_set_write(method, writeToPipe)
        BIO_meth_set_ctrl(method, controlPipe)
        return method
    }()
}

private func pipe(of bio: OpaquePointer?) -> CiphertextPipe? {
    guard let data = BIO_get_data(bio) else { return nil }
    return Unmanaged<CiphertextPipe>.fromOpaque(data).takeUnretainedValue()
}

private func readFromPipe(_ bio: OpaquePointer?, _ bytes: UnsafeMutablePointer<CChar>?, _ count: CInt) -> CInt {
    guard let bio, let pipe = pipe(of: bio), let bytes, count > 0 else { return -1 }
    CSSL_BIO_clear_retry_flags(bio)
    let taken = pipe.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)))
    if taken < 0 {
        CSSL_BIO_set_retry_read(bio)
    }
    return CInt(taken)
}

private func writeToPipe(_ bio: OpaquePointer?, _ bytes: UnsafePointer<CChar>?, _ count: CInt) -> CInt {
    guard let bio, let pipe = pipe(of: bio), let bytes, count > 0 else { return -1 }
    CSSL_BIO_clear_retry_flags(bio)
    pipe.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    return count
}

/// Flush is the one request that libssl makes of a BIO and that must succeed.
private func controlPipe(
    _ bio: OpaquePointer?,
    _ command: CInt,
    _ number: CLong,
    _ argument: UnsafeMutableRawPointer?
) -> CLong {
    command == BIO_CTRL_FLUSH ? 1 : 0
}
