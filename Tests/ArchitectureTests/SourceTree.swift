import Foundation
import Testing

/// The project's sources as text: SwiftPM lets a target import what its dependencies depend on, so only the imports themselves
/// say who uses what.
struct SourceTree: Sendable {
    struct File: Sendable {
        let module: String
        /// From the repository's top.
        let path: String
        let lines: [Substring]
        let isGenerated: Bool

        var name: String { String(path.split(separator: "/").last ?? "") }
    }

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    let files: [File]
    /// The folders of `Sources`, which are the modules.
    let modules: Set<String>
    private let importsByModule: [String: Set<String>]

    /// Fails, rather than finding nothing wrong, where there is nothing to look at.
    init() throws {
        let sources = Self.root.appending(path: "Sources")
        var files: [File] = []
        let walk = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        for case let url as URL in walk where ["swift", "h", "c"].contains(url.pathExtension) {
            let path = String(url.standardizedFileURL.path.dropFirst(Self.root.standardizedFileURL.path.count + 1))
            let module = try #require(path.split(separator: "/").dropFirst().first)
            let text = try String(contentsOf: url, encoding: .utf8)
            files.append(
                File(
                    module: String(module),
                    path: path,
                    lines: text.split(separator: "\n", omittingEmptySubsequences: false),
                    isGenerated: path.contains("/Generated/")
                )
            )
        }
        try #require(files.count > 100, "the sources are not where this test looks for them")
        self.files = files
        modules = Set(files.map(\.module))
        importsByModule = files.reduce(into: [:]) { imports, file in
            for line in file.lines where line.contains("import ") {
                guard let match = line.firstMatch(of: Self.importLine) else { continue }
                imports[file.module, default: []].insert(String(match.1))
            }
        }
    }

    var swiftFiles: [File] { files.filter { $0.name.hasSuffix(".swift") } }
    var handwritten: [File] { swiftFiles.filter { !$0.isGenerated } }

    /// All modules, ours and others', that the module's files import.
    func imports(of module: String) -> Set<String> {
        importsByModule[module] ?? []
    }

    /// All modules that end up in a program with this one, as far as our sources tell.
    func closure(of module: String) -> Set<String> {
        var found: Set<String> = []
        var waiting = [module]
        while let next = waiting.popLast() {
            for imported in imports(of: next) where found.insert(imported).inserted { waiting.append(imported) }
        }
        return found
    }

    /// `import M`, with attributes and access level before it and the kind of declaration and its name after.
    nonisolated(unsafe) private static let importLine =
        /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
}
