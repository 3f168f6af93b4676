internal import Glibc

/// An exclusive flock(2) on a file, held until `unlock` or the end of the value. The kernel lets go of it
/// when the process dies.
struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Waits for the lock, at most the given time.
    init(path: String, waitingAtMost limit: Duration) throws(HSMError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        self.descriptor = descriptor
        guard descriptor >= 0 else {
            throw HSMError(.guardFileFailed, "\(path): \(String(cString: strerror(errno)))")
        }
        let deadline = ContinuousClock.now + limit
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw HSMError(.guardFileFailed, "\(path): \(String(cString: strerror(errno)))")
            }
            guard ContinuousClock.now < deadline else {
                throw HSMError(.loginLockBusy, "\(path) is held by another process")
            }
            pause(milliseconds: 2)
        }
    }

    deinit {
        close(descriptor)
    }

    /// For a `defer`, which also keeps the lock until then.
    borrowing func unlock() {
        _ = flock(descriptor, LOCK_UN)
    }
}

/// Blocks the calling thread: it is the HSM's own.
func pause(milliseconds: Int) {
    usleep(UInt32(milliseconds) * 1_000)
}
