import Foundation
import PipelineSite
import TestServices
import Testing

/// What a release build has of the fault points: the module and a caller of it, compiled as releases are.
@Suite struct ReleaseBuildTests {
    private static let sources = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/FaultPoints")

    private static let caller = """
        internal import FaultPoints

        package func step(_ number: Int) -> Int {
            FaultPoint.changesCommitted.reached()
            return number + 1
        }

        """

    /// Compiles the module into `folder`, and a caller of it.
    private func compile(in folder: TemporaryFolder, _ flags: [String]) async throws -> (module: Data, caller: Data) {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
            .filter { $0.hasSuffix(".swift") }.map { Self.sources.appending(path: $0).path }
        try #require(!files.isEmpty)
        let caller = try folder.write(Self.caller, to: "Caller.swift")
        let module = folder.file("FaultPoints.o")
        let shared = ["-parse-as-library", "-package-name", "keyferry", "-wmo", "-c"] + flags
        try await swiftc(
            [
                "-module-name", "FaultPoints", "-emit-module", "-emit-module-path",
                folder.file("FaultPoints.swiftmodule"),
            ]
                + shared + ["-o", module] + files
        )
        let object = folder.file("Caller.o")
        try await swiftc(["-module-name", "Caller", "-I", folder.path] + shared + ["-o", object, caller])
        return (
            try Data(contentsOf: URL(filePath: module)), try Data(contentsOf: URL(filePath: object))
        )
    }

    private func swiftc(_ arguments: [String]) async throws {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let ended = try await FinishedProgram.run(
            "/usr/bin/env",
            ["swiftc"] + arguments,
            environment: ["PATH": path]
        )
        try #require(ended.exitCode == 0, "\(ended.output)")
    }

    /// Symbols and strings both stand in an object file as they are.
    private func found(_ words: [String], in object: Data) -> [String] {
        words.filter { object.range(of: Data($0.utf8)) != nil }
    }

    private static let ofTheModule = [
        "FAULT_POINT", "FaultTrap", "FaultOrder", "changes-committed", "changesCommitted", "raise", "getenv",
    ]
    /// A call's symbol names the module with its length before it.
    private static let ofTheCaller = ["11FaultPoints", "changesCommitted", "changes-committed"]

    @Test func aReleaseBuildHoldsNoneOfIt() async throws {
        let folder = try TemporaryFolder()
        let objects = try await compile(in: folder, ["-O"])
        #expect(found(Self.ofTheModule, in: objects.module) == [])
        #expect(found(Self.ofTheCaller, in: objects.caller) == [])
    }

    /// That the words above would be found if they were there.
    @Test func aDebugBuildHoldsAllOfIt() async throws {
        let folder = try TemporaryFolder()
        let objects = try await compile(in: folder, ["-Onone", "-DDEBUG"])
        #expect(found(Self.ofTheModule, in: objects.module) == Self.ofTheModule)
        #expect(found(["11FaultPoints"], in: objects.caller) == ["11FaultPoints"])
    }
}
