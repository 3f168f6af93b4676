import Foundation

/// Lines for the person at the terminal, written at once: `print` keeps them back where the output is a pipe.
enum TerminalOutput {
    @Sendable static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
