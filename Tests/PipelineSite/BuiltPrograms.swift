import Foundation
package import LocalSite
import TestServices

/// The programs that were built with the tests, and others that are run to their end.
package enum BuiltPrograms {
    /// SwiftPM puts them beside the tests' own executable.
    package static func folder() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests).deletingLastPathComponent().path
    }

    package static func path(_ name: String) throws -> String { try folder() + "/" + name }
}

/// A program that was run to its end.
package struct FinishedProgram: Sendable {
    package let end: ProcessEnd
    /// Standard output and error, as they came.
    package let output: String

    package var exitCode: Int32? {
        if case .exited(let code) = end { code } else { nil }
    }

    /// - Parameters:
    ///   - environment: added to a search path, a language and a home.
    ///   - limit: after it the program is ended.
    package static func run(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        limit: Duration = .seconds(120)
    ) async throws -> FinishedProgram {
        let folder = try TemporaryFolder(prefix: "kf-run")
        let log = folder.file("output")
        let basis = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": folder.path]
        let process = try LocalSite.ChildProcess(
            ProcessLaunch(
                name: URL(fileURLWithPath: executable).lastPathComponent,
                executable: executable,
                arguments: arguments,
                environment: basis.merging(environment) { $1 },
                folder: folder.path,
                logFile: log
            )
        )
        let deadline = ContinuousClock.now + limit
        while process.end == nil, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(10)) }
        let end = await process.stop(within: .zero)
        return FinishedProgram(end: end, output: (try? String(contentsOfFile: log, encoding: .utf8)) ?? "")
    }
}
