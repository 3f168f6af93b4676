import CRabbitMQ
import Glibc

/// An eventfd: any thread wakes the one that polls on it.
final class WakeupEvent: Sendable {
    let descriptor: Int32

    init() throws(AMQPClientError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else {
            throw AMQPClientError(
                .invalidConfiguration,
                operation: "eventfd",
                detail: String(cString: strerror(errno))
            )
        }
    }

    deinit { close(descriptor) }

    func signal() {
        // The write can fail only when the counter is full: then the poll is awake anyway.
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout.size(ofValue: one))
    }

    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout.size(ofValue: count))
    }
}
