import CProcess
import Cryptography
import Glibc
import Logging

/// What a process does first, before it reads a key, a PIN or a byte from outside.
enum ProcessHardening {
    /// No core dumps, nobody of the same user may trace; files are made for their owner only; a peer that went away is an
    /// error code, not a signal.
    static func apply() throws(ServiceFailure) {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        guard setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 else {
            throw refused("core dumps could not be switched off")
        }
        guard keyferry_process_forbid_dumps() == 0 else {
            throw refused("the process could not be made undumpable")
        }
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        raiseToMaximum(__rlimit_resource_t(RLIMIT_NOFILE.rawValue))
        raiseToMaximum(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue))
    }

    /// Makes the arena for key material.
    ///
    /// - Throws: where the arena cannot be had, or cannot be locked though the settings require it.
    static func makeSecretMemory(_ settings: MemorySettings, logger: Logger) throws(ServiceFailure) {
        switch SecureHeap.initialize(byteCount: settings.secretBytes) {
        case .locked:
            return
        case .notLocked:
            let advice =
                "memory for keys is not locked and may reach swap; raise RLIMIT_MEMLOCK (ulimit -l, "
                + "LimitMEMLOCK=) above \(settings.secretBytes) bytes"
            guard settings.locking == .warn else { throw ServiceFailure(.unavailable, advice) }
            logger.warning("\(advice)")
        case .unavailable:
            throw ServiceFailure(.unavailable, "memory for keys could not be set aside (memory.secretBytes)")
        }
    }

    private static func raiseToMaximum(_ resource: __rlimit_resource_t) {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        // Best effort: the limit in force serves too, until it is reached.
        setrlimit(resource, &limit)
    }

    private static func refused(_ what: String) -> ServiceFailure {
        ServiceFailure(.unavailable, "\(what): \(String(cString: strerror(errno)))")
    }
}
