package import ArgumentParser
internal import Foundation
internal import ManualPages
internal import ServiceBootstrap

/// `keyferry generate-manual`, with which the packages are built.
package struct GenerateManualCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "generate-manual",
        abstract: "Write manual pages of programs, from their descriptions.",
        discussion: "A description is what a program prints with --experimental-dump-help.",
        shouldDisplay: false
    )

    private static let longest = 4 << 20

    @Option(help: ArgumentHelp("Where to write NAME.1, for each of the programs.", valueName: "folder"))
    package var folder: String
    @Argument(help: "Descriptions of programs, JSON.")
    package var descriptions: [String]

    package init() {}

    package func perform() async throws(CommandFailure) {
        for path in descriptions {
            let json = try InputFile.bytes(path, upTo: Self.longest)
            guard json.count <= Self.longest, let tool = try? ToolDescription(json: Data(json)) else {
                throw CommandFailure(.badInput, "\(path) is no description of a program")
            }
            let page = ManualPage(tool, version: KeyferryVersion.text)
            guard !page.name.contains("/") else {
                throw CommandFailure(.badInput, "\(path) describes a program with a name that can't be")
            }
            do {
                try Data(page.text.utf8).write(to: URL(filePath: folder).appending(path: page.name + ".1"))
            } catch {
                throw CommandFailure(.cannotWrite, "\(folder)/\(page.name).1 can't be written")
            }
        }
    }
}
