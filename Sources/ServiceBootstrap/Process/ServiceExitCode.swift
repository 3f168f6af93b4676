/// What a process says with its exit code. The numbers are those of `sysexits.h` where it has one that fits.
///
/// A supervisor may start a process again after any of them but `configuration` and `credentialRefused` (systemd:
/// `RestartPreventExitStatus=77 78`).
package enum ServiceExitCode: Int32, Sendable {
    /// Stopped as asked, by SIGTERM or SIGINT.
    case stopped = 0
    /// The command line is wrong.
    case usage = 64
    /// What the process needs is not there: a port is taken, there is no such token, the key store can't be used.
    case unavailable = 69
    /// The process could not go on, or did not stop in time.
    case failed = 70
    /// A credential was refused: the token did not take the PIN. **Do not start the process again** before someone has
    /// looked: tokens lock after a few wrong PINs, and a restart loop gets there in seconds.
    case credentialRefused = 77
    /// The configuration is wrong, or names what can't be used: a file that is missing, a module that does not load.
    /// Starting again changes nothing.
    case configuration = 78
}

/// Ends a process: thrown while it is put together, or by a service while it runs.
package struct ServiceFailure: Error, CustomStringConvertible {
    package let exitCode: ServiceExitCode
    /// One line that says what is wrong and what to do. It is logged as it is: no secrets.
    package let description: String

    package init(_ exitCode: ServiceExitCode, _ description: String) {
        self.exitCode = exitCode
        self.description = description
    }
}
