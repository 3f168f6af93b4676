import CCrypto
import Synchronization

package enum SecureHeapStatus: Sendable, Hashable {
    /// The arena is locked into memory: it is never written to swap.
    case locked
    /// The arena exists but could not be locked (RLIMIT_MEMLOCK is too low): the process should say so loudly.
    case notLocked
    /// There is no arena: every attempt to hold a secret fails.
    case unavailable
}

/// OpenSSL's secure heap: one arena per process, between guard pages, locked, left out of core dumps, wiped when
/// freed. (OpenSSL, `CRYPTO_secure_malloc_init(3)`.)
package enum SecureHeap {
    /// What an unprivileged process may lock on a default Debian 12 system.
    package static let defaultByteCount = 8 << 20
    /// The smallest block; the arena hands out powers of two from here, and a key of 256 bits is the usual guest.
    private static let smallestBlock = 32
    private static let state = Mutex<SecureHeapStatus?>(nil)

    /// Makes the arena. Call it first thing in a process; the first secret makes one of the default size otherwise.
    /// Only the first call has an effect; later ones return what it found.
    ///
    /// - Parameter byteCount: rounded up to a power of two, between 64 KiB and 1 GiB.
    @discardableResult
    package static func initialize(byteCount: Int = defaultByteCount) -> SecureHeapStatus {
        state.withLock { status in
            if let status { return status }
            let made = makeArena(byteCount: byteCount)
            status = made
            return made
        }
    }

    /// Bytes of the arena in use, rounded up to blocks; for metrics and tests. As long as there is no arena it is 0, which
    /// `CRYPTO_secure_used` must not be asked for: it takes a lock that is made with the arena.
    package static var usedByteCount: Int { CRYPTO_secure_malloc_initialized() == 1 ? CRYPTO_secure_used() : 0 }

    /// Whether OpenSSL also wipes the ordinary memory that it frees, which it is made to do when the program is loaded.
    /// A process that holds keys must not start without.
    package static var wipesFreedMemory: Bool { CCrypto_wipes_freed_memory() == 1 }

    private static func makeArena(byteCount: Int) -> SecureHeapStatus {
        var size = 64 << 10
        while size < byteCount, size < 1 << 30 { size <<= 1 }
        switch CRYPTO_secure_malloc_init(size, smallestBlock) {
        case 1:
            return .locked
        case 2:
            return .notLocked
        default:
            _ = drainErrorQueue()
            // Zero also means that someone made an arena before us, in which case it serves.
            return CRYPTO_secure_malloc_initialized() == 1 ? .notLocked : .unavailable
        }
    }
}
