import ArgumentParser
import Commands
import Synchronization

/// What a command writes, and how it ends.
final class RecordedConsole: Sendable {
    struct Record: Sendable {
        var output: [String] = []
        var errors: [String] = []
        var secrets: [[UInt8]] = []
    }

    private let record = Mutex(Record())

    var output: String { record.withLock { $0.output.joined(separator: "\n") } }
    var errors: String { record.withLock { $0.errors.joined(separator: "\n") } }
    var secrets: [[UInt8]] { record.withLock { $0.secrets } }

    /// Runs `keyferry` with arguments.
    ///
    /// - Returns: its exit code.
    func run(_ arguments: [String], environment: [String: String] = [:]) async -> Int32 {
        let console = Console(
            output: { text in self.record.withLock { $0.output.append(text) } },
            error: { text in self.record.withLock { $0.errors.append(text) } },
            secretOutput: { bytes in
                let copy = Array(bytes)
                self.record.withLock { $0.secrets.append(copy) }
            },
            environment: environment
        )
        return await Console.$current.withValue(console) {
            do {
                var command = try KeyferryCommand.parseAsRoot(arguments)
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
                return 0
            } catch let code as ExitCode {
                return code.rawValue
            } catch {
                console.error(KeyferryCommand.message(for: error))
                return KeyferryCommand.exitCode(for: error).rawValue
            }
        }
    }
}
