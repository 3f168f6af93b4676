internal import ArgumentParser

/// `--yes`, of commands that do what can't be undone.
package struct ConfirmationOptions: ParsableArguments {
    @Flag(help: "Do not ask for confirmation: for scripts.")
    package var yes = false

    package init() {}

    /// Has the person at the terminal type `name`. Call it last before the deed, when everything else has been checked.
    ///
    /// - Parameters:
    ///   - name: what is lost, as the user calls it.
    ///   - consequence: what will happen, in sentences: "Destroys … . It can't be undone."
    /// - Throws: `.usage` where nobody can be asked and `--yes` is not given, `.notConfirmed` if another answer is given.
    func confirm(_ name: String, consequence: String) throws(CommandFailure) {
        guard !yes else { return }
        let console = Console.current
        guard console.terminal.canAsk else {
            throw CommandFailure(
                .usage,
                "this can't be undone, and there is no terminal to ask for confirmation on",
                advice: "Add --yes if it is meant."
            )
        }
        console.error(consequence)
        console.terminal.errorFragment("Type '\(printable(name))' to go on: ")
        guard let answer = console.terminal.readLine() else {
            // The end of input leaves the cursor behind the question.
            console.terminal.errorFragment("\n")
            throw CommandFailure(.notConfirmed, "nothing was done: there was no answer")
        }
        guard Self.trimmed(answer) == name else {
            throw CommandFailure(.notConfirmed, "nothing was done: the answer was not '\(printable(name))'")
        }
    }

    private static func trimmed(_ text: String) -> Substring {
        let start = text.drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return start[...last]
    }
}
