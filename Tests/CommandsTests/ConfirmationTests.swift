import ArgumentParser
import Synchronization
import Testing

@testable import Commands

/// A terminal at which somebody types, and what he sees.
final class RecordedTerminal: Sendable {
    private let answers: Mutex<[String]>
    private let seen = Mutex("")
    private let width: Int

    init(answers: [String] = [], columns: Int = 80) {
        self.answers = Mutex(answers)
        width = columns
    }

    var screen: String { seen.withLock { $0 } }

    var console: Console {
        Console(
            output: { _ in },
            error: { text in self.seen.withLock { $0 += text + "\n" } },
            secretOutput: { _ in },
            environment: [:],
            terminal: ConsoleTerminal(
                canAsk: true,
                errorColumns: { self.width },
                readLine: { self.answers.withLock { $0.isEmpty ? nil : $0.removeFirst() } },
                errorFragment: { text in self.seen.withLock { $0 += text } }
            )
        )
    }
}

@Suite("Confirmation of what can't be undone")
struct ConfirmationTests {
    private func confirm(on console: Console, yes: Bool = false) -> CommandFailure? {
        Console.$current.withValue(console) {
            do {
                var options = try ConfirmationOptions.parse([])
                options.yes = yes
                try options.confirm("kmip-ab", consequence: "Deletes it.")
                return nil
            } catch {
                return error as? CommandFailure
            }
        }
    }

    @Test("The name has to be typed; spaces around it do not matter", arguments: ["kmip-ab", " kmip-ab\t"])
    func confirmed(answer: String) {
        let terminal = RecordedTerminal(answers: [answer])
        #expect(confirm(on: terminal.console) == nil)
        #expect(terminal.screen == "Deletes it.\nType 'kmip-ab' to go on: ")
    }

    @Test("Any other answer, and none, change nothing", arguments: [["yes"], ["kmip-abc"], ["KMIP-AB"], [""], []])
    func notConfirmed(answers: [String]) {
        let terminal = RecordedTerminal(answers: answers)
        #expect(confirm(on: terminal.console)?.exitCode == .notConfirmed)
    }

    @Test("Where nobody can be asked, --yes is needed")
    func script() {
        let console = Console(output: { _ in }, error: { _ in }, secretOutput: { _ in }, environment: [:])
        let refusal = confirm(on: console)
        #expect(refusal?.exitCode == .usage)
        #expect(refusal?.advice?.contains("--yes") == true)
        #expect(confirm(on: console, yes: true) == nil)
        let terminal = RecordedTerminal()
        #expect(confirm(on: terminal.console, yes: true) == nil)
        #expect(terminal.screen.isEmpty)
    }
}
