import Foundation
import Testing

/// The script behind `make fuzz` refuses to run on nothing.
struct RunScriptTests {
    private static let script = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "run.sh")

    /// - Returns: the exit code, and what was written.
    private func run(seeds: URL) throws -> (code: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["bash", Self.script.path, "1", "ttlv"]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["KEYFERRY_FUZZ_SEEDS": seeds.path, "KEYFERRY_FUZZ_BUILD": seeds.appending(path: "build").path]
        ) { $1 }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kf-seeds-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test func withoutASeedFolderItFails() throws {
        try withFolder { folder in
            let (code, text) = try run(seeds: folder)
            #expect(code == 2 && text.contains("no seeds for ttlv"), "\(text)")
        }
    }

    @Test func withAnEmptySeedFolderItFails() throws {
        try withFolder { folder in
            let seeds = folder.appending(path: "ttlv")
            try FileManager.default.createDirectory(at: seeds, withIntermediateDirectories: true)
            let (code, text) = try run(seeds: folder)
            #expect(code == 2 && text.contains("no seeds for ttlv"), "\(text)")
        }
    }

    @Test func withSeedsItGoesOnToTheProgram() throws {
        try withFolder { folder in
            let seeds = folder.appending(path: "ttlv")
            try FileManager.default.createDirectory(at: seeds, withIntermediateDirectories: true)
            try Data([1]).write(to: seeds.appending(path: "one"))
            let (code, text) = try run(seeds: folder)
            #expect(code == 2 && text.contains("fuzz-ttlv is not built"), "\(text)")
        }
    }
}
