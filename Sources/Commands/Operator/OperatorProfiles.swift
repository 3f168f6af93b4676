internal import Foundation

/// The settings files of a folder: `operator.yaml`, and one for each further server in `profiles`.
struct OperatorProfiles {
    let folder: String

    /// - Parameter home: what `--home` gives; otherwise the environment decides.
    init(home: String?, environment: [String: String]) {
        folder = home ?? environment["KEYFERRY_HOME"] ?? (environment["HOME"] ?? ".") + "/.keyferry"
    }

    /// - Parameter name: nil for the settings without a name.
    func file(_ name: String?) -> String {
        folder + (name.map { "/profiles/\($0).yaml" } ?? "/operator.yaml")
    }

    /// Of those that there are, in order.
    var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/profiles")) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.filter(Self.isName).sorted()
    }

    /// A name is part of a path: letters, digits, `-`, `_` and `.`, and not a `.` first.
    static func isName(_ text: String) -> Bool {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        return isPlain && (1...64).contains(text.utf8.count) && !text.hasPrefix(".")
    }

    /// Why there are no settings, and what to do.
    func missing(_ name: String?) -> CommandFailure {
        guard let name else {
            return CommandFailure(
                .configuration,
                "there are no settings in \(file(nil))",
                advice: "Give the installation's folder with --home or KEYFERRY_HOME; keyferry-setup makes the file."
            )
        }
        guard let near = Suggestion.nearest(to: name, among: names) else {
            return CommandFailure(
                .configuration,
                "there are no settings in \(file(name))",
                advice:
                    "A profile is a file like operator.yaml, in the folder 'profiles'; 'keyferry profile list' shows them."
            )
        }
        return CommandFailure(.configuration, "there is no profile '\(name)'; did you mean '\(near)'?")
    }
}
