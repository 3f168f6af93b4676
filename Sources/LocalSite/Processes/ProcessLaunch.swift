import CSpawn
import Glibc

/// What is started, and how.
package struct ProcessLaunch: Sendable {
    /// For messages: `worker-1`.
    package var name: String
    /// An absolute path.
    package var executable: String
    package var arguments: [String]
    /// All of it: nothing is inherited.
    package var environment: [String: String]
    /// The working directory: what a program drops where it stands is dropped there.
    package var folder: String
    /// Standard output and error are appended to this file.
    package var logFile: String

    package init(
        name: String,
        executable: String,
        arguments: [String] = [],
        environment: [String: String],
        folder: String,
        logFile: String
    ) {
        self.name = name
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.logFile = logFile
    }

    /// Starts the process: in a process group of its own, so that Ctrl-C in the terminal reaches the supervisor only; with
    /// signals as a process expects to find them; with no file open but the three standard ones.
    func spawn() throws(LocalSiteError) -> pid_t {
        guard access(executable, X_OK) == 0 else {
            throw LocalSiteError(.notInstalled, "\(executable) is not there or cannot be run")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, logFile, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        // A pipe of `make` that lived on in a child would keep its reader waiting.
        _ = keyferry_spawn_close_from(&actions, STDERR_FILENO + 1)
        _ = keyferry_spawn_work_in(&actions, folder)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        sigfillset(&all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)
        )

        var pid: pid_t = 0
        let code = Self.withCStrings([executable] + arguments) { argv in
            Self.withCStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
                posix_spawn(&pid, executable, &actions, &attributes, argv, envp)
            }
        }
        guard code == 0 else {
            throw LocalSiteError(.processEnded, "\(name) could not be started: \(String(cString: strerror(code)))")
        }
        return pid
    }

    /// The NULL-terminated array of C strings that `exec` wants.
    private static func withCStrings<R>(
        _ strings: [String],
        _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        let copies = strings.map { strdup($0) } + [nil]
        defer { copies.forEach { free($0) } }
        return copies.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("the array holds nil at least") }
            return body(base)
        }
    }
}
