internal import Foundation

/// The `openssl` command as a foreign TLS peer.
package final class OpenSSLProcess {
    package struct NoSuchOutput: Error, CustomStringConvertible {
        package let description: String
    }

    private let process = Process()
    private let input = Pipe()
    private let outputFile: URL

    package init(_ arguments: [String], in folder: TemporaryFolder) throws {
        outputFile = folder.url.appendingPathComponent("output-\(UUID().uuidString)")
        try Data().write(to: outputFile)
        let output = try FileHandle(forWritingTo: outputFile)
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    /// Not by SIGTERM: a child of Foundation's Process has the signal mask of the thread that started it, and the pool's
    /// threads block SIGTERM.
    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
        }
    }

    package func send(_ text: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }

    package func closeInput() throws {
        try input.fileHandleForWriting.close()
    }

    package var output: String {
        (try? Data(contentsOf: outputFile)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Waits until the output has this text.
    @discardableResult
    package func waitForOutput(_ text: String) async throws -> String {
        for _ in 0..<1500 {
            let output = output
            if output.contains(text) { return output }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw NoSuchOutput(description: "no \(text.debugDescription) in:\n\(output)")
    }

    /// Waits until the process has ended.
    @discardableResult
    package func waitForEnd() async throws -> String {
        for _ in 0..<1500 where process.isRunning {
            try await Task.sleep(for: .milliseconds(10))
        }
        guard !process.isRunning else { throw NoSuchOutput(description: "still running:\n\(output)") }
        return output
    }
}
