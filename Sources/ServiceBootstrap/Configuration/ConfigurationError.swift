/// Why a configuration was refused. The description is one line for the terminal: file, key, what is wrong, what would be
/// right. Configuration files hold paths and names, never secrets, so the description may repeat what they say.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The file is missing, not readable, or too large.
        case unreadable
        /// Not YAML, or not a mapping of keys to values.
        case malformed
        /// A key that is needed is not there.
        case missing
        /// A value cannot be what its key stands for.
        case invalid
        /// Keys that nobody asks for: most likely misspelt, and then silently without effect if they were let pass.
        case unknownKeys
    }

    package let code: Code
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// Errors are equal when their codes are: tests match on what went wrong, not on the wording.
    package static func == (left: Self, right: Self) -> Bool {
        left.code == right.code
    }
}
