import Glibc

/// Held while a site runs: two of them on the same folder would take each other's queue and token.
struct SiteLock: ~Copyable {
    private let descriptor: Int32

    init(home: String) throws(LocalSiteError) {
        let path = home + "/site.lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LocalSiteError(.fileUnusable, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        // Released by the system when this process ends, however it does.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw LocalSiteError(.alreadyRunning, "a site is already running in \(home)")
        }
    }

    deinit {
        close(descriptor)
    }
}
