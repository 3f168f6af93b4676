import Foundation

/// Lines for the person at the terminal, written at once: `print` keeps them back where the output is a pipe.
enum TerminalOutput {
    @Sendable static func say(_ line: String) {
        // A terminal that was closed takes no more lines, and must not end what was started there.
        try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }
}
