/// A program's page for man(1), section 1: the program, and every one of its commands.
package struct ManualPage: Hashable, Sendable {
    package let name: String
    /// With man(7)'s macros.
    package let text: String

    /// - Parameter version: the program's.
    package init(_ tool: ToolDescription, version: String) {
        let root = tool.command
        let name = root.commandName
        var lines = [
            ".TH \(RoffText.argument(name.uppercased())) 1 \"\" \(RoffText.argument("Keyferry \(version)")) \"Keyferry\"",
            ".SH NAME",
            RoffText.line(name) + " \\- " + RoffText.line(Self.purpose(root)),
            ".SH SYNOPSIS",
        ]
        lines += Self.synopsis(root, path: name)
        lines += [".SH DESCRIPTION"] + RoffText.paragraphs(root.discussion ?? root.abstract ?? "")
        lines += [".PP", "\\fB\\-\\-help\\fR with any command shows its help."]
        if !root.visibleArguments.isEmpty {
            lines += [".SH OPTIONS"] + root.visibleArguments.flatMap(Self.argument)
        }
        if !root.visibleSubcommands.isEmpty {
            lines += [".SH COMMANDS"] + root.visibleSubcommands.flatMap { Self.section($0, under: name) }
        }
        self.name = name
        text = lines.joined(separator: "\n") + "\n"
    }

    /// In the manner of NAME sections: no capital, no full stop.
    private static func purpose(_ command: ToolDescription.Command) -> String {
        var words = Substring(command.abstract ?? "part of Keyferry, a key management server for VMware")
        if words.hasSuffix(".") { words = words.dropLast() }
        return words.prefix(1).lowercased() + words.dropFirst()
    }

    private static func section(_ command: ToolDescription.Command, under parent: String) -> [String] {
        let path = parent + " " + command.commandName
        var lines = [".SS \(RoffText.argument(path))"] + synopsis(command, path: path)
        for text in [command.abstract, command.discussion].compactMap({ $0 }) {
            lines += [".PP"] + RoffText.paragraphs(text)
        }
        lines += command.visibleArguments.flatMap(argument)
        return lines + command.visibleSubcommands.flatMap { section($0, under: path) }
    }

    private static func synopsis(_ command: ToolDescription.Command, path: String) -> [String] {
        var words = [RoffText.bold(path)]
        words += command.visibleArguments.map { argument in
            var text = usage(argument)
            if argument.isRepeating { text += " ..." }
            return argument.isOptional ? "[\(text)]" : text
        }
        if !command.visibleSubcommands.isEmpty { words.append(RoffText.italic("command")) }
        // Adjusted to both margins, a synopsis has gaps in it.
        return [".nh", ".ad l", words.joined(separator: " "), ".ad b", ".hy"]
    }

    private static func usage(_ argument: ToolDescription.Argument) -> String {
        let value = argument.valueName ?? "value"
        guard let name = argument.preferredName, argument.kind != .positional else { return RoffText.italic(value) }
        return argument.kind == .flag
            ? RoffText.bold(name.text) : RoffText.bold(name.text) + " " + RoffText.italic(value)
    }

    private static func argument(_ argument: ToolDescription.Argument) -> [String] {
        let value = argument.valueName ?? "value"
        let tag: String
        if argument.kind == .positional {
            tag = RoffText.italic(value)
        } else {
            let names = (argument.names ?? []).map { RoffText.bold($0.text) }.joined(separator: ", ")
            tag = argument.kind == .option ? names + " " + RoffText.italic(value) : names
        }
        var text = argument.abstract ?? ""
        if let values = argument.allValues, !values.isEmpty {
            text += (text.isEmpty ? "" : " ") + "One of: \(values.joined(separator: ", "))."
        }
        if let defaultValue = argument.defaultValue { text += (text.isEmpty ? "" : " ") + "Default: \(defaultValue)." }
        var lines = [".TP", tag, RoffText.line(text)]
        if let discussion = argument.discussion { lines += RoffText.paragraphs(discussion) }
        return lines
    }
}
