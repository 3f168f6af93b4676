import Glibc
import Logging

/// How many connections a process may really have: each is an open file.
enum OpenFileLimit {
    /// Files that are not clients' connections: logs, the broker's connections, the event loops.
    private static let others = 64

    /// - Parameter connections: as configured.
    /// - Returns: as many as the system allows, with a warning if these are fewer.
    static func connections(_ connections: Int, logger: Logger) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connections }
        let files = Int(clamping: limit.rlim_cur)
        let possible = self.connections(files: files)
        guard possible < connections else { return connections }
        logger.warning(
            "limits.connections is \(connections), but open files (ulimit -n, LimitNOFILE=) allow \(possible)",
            metadata: ["openFiles": "\(files)"]
        )
        return possible
    }

    /// The listener has an eighth more for a moment, while some make room for others.
    static func connections(files: Int) -> Int {
        max(1, (files - others) / 9 * 8)
    }
}
