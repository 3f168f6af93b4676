import ArgumentParser
import Commands
import Foundation
import ManualPages
import Testing

@Suite("Manual page and shell completion")
struct CommandLineTests {
    /// Every command that the help shows, with its path: "keyferry kmip get".
    private func commands(_ command: ToolDescription.Command, under path: String = "") -> [(
        String, ToolDescription.Command
    )] {
        let path = path.isEmpty ? command.commandName : path + " " + command.commandName
        return [(path, command)] + command.visibleSubcommands.flatMap { commands($0, under: path) }
    }

    private func all() throws -> [(String, ToolDescription.Command)] {
        let tool = try ToolDescription(json: Data(KeyferryCommand._dumpHelp().utf8))
        let commands = commands(tool.command)
        try #require(commands.count > 20, "the commands are not found")
        return commands
    }

    @Test("The manual page names every command and every option")
    func manual() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "manual-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let description = folder.appending(path: "keyferry.json")
        try Data(KeyferryCommand._dumpHelp().utf8).write(to: description)
        let console = RecordedConsole()
        #expect(await console.run(["generate-manual", "--folder", folder.path, description.path]) == 0)
        let page = try String(contentsOf: folder.appending(path: "keyferry.1"), encoding: .utf8)
        for (path, command) in try all() {
            let section =
                path.contains(" ") ? ".SS \"\(path.replacing("-", with: "\\-"))\"\n" : ".SH NAME\n\(path) \\- "
            #expect(page.contains(section), "\(path)")
            for argument in command.visibleArguments {
                let name = argument.preferredName?.text ?? argument.valueName ?? ""
                #expect(!name.isEmpty && page.contains(name.replacing("-", with: "\\-")), "\(path): \(name)")
            }
        }
        #expect(!page.contains("generate\\-manual"), "it is for building packages")

        try Data("{}".utf8).write(to: description)
        #expect(await console.run(["generate-manual", "--folder", folder.path, description.path]) == 65)
        #expect(await console.run(["generate-manual", "--folder", folder.path, folder.path + "/none"]) == 66)
    }

    @Test("Completion scripts know every command", arguments: ["bash", "zsh", "fish"])
    func completions(shell: String) async throws {
        let console = RecordedConsole()
        #expect(await console.run(["completions", shell]) == 0)
        for (path, command) in try all() {
            #expect(console.output.contains(command.commandName), "\(path)")
        }
    }

    @Test("The script for bash is one that bash can read")
    func bash() throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-n"]
        let input = Pipe()
        process.standardInput = input
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(KeyferryCommand.completionScript(for: .bash).utf8))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test("The commands in the guides are commands", arguments: ["planning", "certificates", "keys"])
    func documented(guide: String) throws {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/\(guide).md"), encoding: .utf8)
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("    keyferry ") }
        #expect(lines.count >= 5)
        for line in lines {
            // What may be left out is in brackets; a comment or a file for the output may follow.
            let command = line.prefix { $0 != ">" && $0 != "#" }.filter { $0 != "[" && $0 != "]" }
                .replacing("FINGERPRINT", with: String(repeating: "ab", count: 32))
            let arguments = command.split(separator: " ").dropFirst().map(String.init)
            #expect(throws: Never.self, "\(line)") { try KeyferryCommand.parseAsRoot(arguments) }
        }
    }

    @Test("Another shell is refused with those that there are")
    func otherShell() async {
        let console = RecordedConsole()
        #expect(await console.run(["completions", "csh"]) == 64)
        #expect(console.errors.contains("bash"))
    }
}
