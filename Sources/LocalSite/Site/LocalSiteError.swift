/// Why a site did not start or could not go on. The description is one line that says what to do.
package struct LocalSiteError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// A program or package is not installed.
        case notInstalled
        /// A port that the site needs belongs to someone else.
        case portInUse
        /// Another site runs in the same folder.
        case alreadyRunning
        /// A file or folder cannot be read or written.
        case fileUnusable
        /// A process could not be started, or ended before it was ready.
        case processEnded
        /// Everything runs, but the site did not become ready in time.
        case notReady
        /// The broker runs, and takes none of the others' connections: it has another user or password.
        case brokerRefuses
    }

    package let code: Code
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.code == right.code
    }
}
