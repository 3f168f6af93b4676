internal import Foundation
internal import Glibc

/// The person at the other end, if there is one: questions and progress go to standard error, so that standard output has
/// the result alone.
package struct ConsoleTerminal: Sendable {
    /// Whether a question is seen and can be answered: standard input and standard error are a terminal.
    package let canAsk: Bool
    /// The width of the terminal that standard error is; nil if it is none.
    package let errorColumns: @Sendable () -> Int?
    /// One line of standard input, without its end; nil at the end of input.
    package let readLine: @Sendable () -> String?
    /// Writes to standard error, and ends no line.
    package let errorFragment: @Sendable (String) -> Void

    package init(
        canAsk: Bool,
        errorColumns: @escaping @Sendable () -> Int?,
        readLine: @escaping @Sendable () -> String?,
        errorFragment: @escaping @Sendable (String) -> Void
    ) {
        self.canAsk = canAsk
        self.errorColumns = errorColumns
        self.readLine = readLine
        self.errorFragment = errorFragment
    }

    /// Nobody is there: a script, a pipe, a file.
    package static let none = ConsoleTerminal(
        canAsk: false,
        errorColumns: { nil },
        readLine: { nil },
        errorFragment: { _ in }
    )

    package static let standard = ConsoleTerminal(
        canAsk: isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1,
        errorColumns: {
            guard isatty(STDERR_FILENO) == 1 else { return nil }
            var size = winsize()
            guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
            return Int(size.ws_col)
        },
        readLine: { Swift.readLine(strippingNewline: true) },
        errorFragment: { FileHandle.standardError.write(Data($0.utf8)) }
    )
}
