internal import Foundation
internal import Glibc

/// Where commands write. Tests put another one in its place for a task.
package struct Console: Sendable {
    @TaskLocal package static var current = Console.standard

    package let output: @Sendable (String) -> Void
    package let error: @Sendable (String) -> Void
    /// For key material that the user wants to see: straight from secure memory.
    package let secretOutput: @Sendable (UnsafeRawBufferPointer) -> Void
    package let environment: [String: String]
    package let terminal: ConsoleTerminal

    package init(
        output: @escaping @Sendable (String) -> Void,
        error: @escaping @Sendable (String) -> Void,
        secretOutput: @escaping @Sendable (UnsafeRawBufferPointer) -> Void,
        environment: [String: String],
        terminal: ConsoleTerminal = .none
    ) {
        self.output = output
        self.error = error
        self.secretOutput = secretOutput
        self.environment = environment
        self.terminal = terminal
    }

    package static let standard = Console(
        output: { FileHandle.standardOutput.write(Data("\($0)\n".utf8)) },
        error: { FileHandle.standardError.write(Data("\($0)\n".utf8)) },
        secretOutput: { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = write(STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        },
        environment: ProcessInfo.processInfo.environment,
        terminal: .standard
    )
}
