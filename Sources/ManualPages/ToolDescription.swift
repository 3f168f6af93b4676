package import FoundationEssentials

/// A program's commands and options, as swift-argument-parser writes them with `--experimental-dump-help`.
package struct ToolDescription: Decodable, Hashable, Sendable {
    package let command: Command

    package struct Command: Decodable, Hashable, Sendable {
        package let commandName: String
        package let abstract: String?
        package let discussion: String?
        package let shouldDisplay: Bool?
        package let subcommands: [Command]?
        package let arguments: [Argument]?

        /// What the help shows, without the help itself.
        package var visibleSubcommands: [Command] {
            (subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
        }

        /// As above: `--help` is mentioned once, for the program.
        package var visibleArguments: [Argument] {
            (arguments ?? []).filter { argument in
                argument.shouldDisplay && !(argument.names ?? []).contains { $0.name == "help" || $0.name == "version" }
            }
        }
    }

    package struct Argument: Decodable, Hashable, Sendable {
        package enum Kind: String, Decodable, Hashable, Sendable {
            case positional, option, flag
        }

        package struct Name: Decodable, Hashable, Sendable {
            package enum Kind: String, Decodable, Hashable, Sendable {
                case long, short, longWithSingleDash
            }

            package let kind: Kind
            package let name: String

            package var text: String { (kind == .long ? "--" : "-") + name }
        }

        package let kind: Kind
        package let shouldDisplay: Bool
        package let isOptional: Bool
        package let isRepeating: Bool
        package let names: [Name]?
        package let preferredName: Name?
        package let valueName: String?
        package let defaultValue: String?
        package let allValues: [String]?
        package let abstract: String?
        package let discussion: String?
    }

    package init(json: Data) throws {
        self = try JSONDecoder().decode(ToolDescription.self, from: json)
    }
}
