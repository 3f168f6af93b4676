/// Why a command has no result: one line that says what is wrong, and one that says what to do.
package struct CommandFailure: Error, Hashable, Sendable {
    package let exitCode: CommandExitCode
    package let message: String
    package let advice: String?

    package init(_ exitCode: CommandExitCode, _ message: String, advice: String? = nil) {
        self.exitCode = exitCode
        self.message = message
        self.advice = advice
    }
}

/// How commands end. Scripts rely on the numbers, which follow sysexits.h where it has one.
package enum CommandExitCode: Int32, Sendable, CaseIterable {
    case done = 0
    /// The server understood the request and refused it.
    case refused = 1
    /// What can't be undone was not confirmed; nothing was done.
    case notConfirmed = 2
    /// `status`, `migrate verify`, `operation wait`: something is not as it should be.
    case notWell = 3
    /// The command line is wrong (EX_USAGE).
    case usage = 64
    /// What a file holds can't be used (EX_DATAERR).
    case badInput = 65
    /// A file can't be read (EX_NOINPUT).
    case noInput = 66
    /// The server, or what it needs, is not there at the moment (EX_UNAVAILABLE).
    case unavailable = 69
    /// The answer is not understood (EX_SOFTWARE).
    case notUnderstood = 70
    /// A file can't be written (EX_CANTCREAT).
    case cannotWrite = 73
    /// Certificate or role do not allow it (EX_NOPERM).
    case notPermitted = 77
    /// Settings are missing or wrong (EX_CONFIG).
    case configuration = 78

    var meaning: String {
        switch self {
        case .done: "done"
        case .refused: "the server refused the request"
        case .notConfirmed: "nothing was done: it was not confirmed"
        case .notWell: "status, migrate verify, operation wait: something is not as it should be"
        case .usage: "the command line is wrong"
        case .badInput: "what a file holds can't be used"
        case .noInput: "a file can't be read"
        case .unavailable: "the server, or what it needs, is not there at the moment"
        case .notUnderstood: "the server's answer is not understood"
        case .cannotWrite: "a file can't be written"
        case .notPermitted: "certificate or role do not allow it"
        case .configuration: "settings are missing or wrong"
        }
    }
}
