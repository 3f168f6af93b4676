import AdminTestFront
import Cryptography
import Foundation
import Testing

private let curl = "/usr/bin/curl"

/// curl as a client that is not ours.
@Suite("curl", .enabled(if: FileManager.default.isExecutableFile(atPath: curl)))
struct CurlTests {
    @Test("Two requests on one connection, with TLS 1.2 and with 1.3", arguments: ["1.2", "1.3"])
    func keepsConnections(version: String) async throws {
        try await AdminFixture.run { admin in
            let folder = FileManager.default.temporaryDirectory.appending(path: "curl-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            func file(_ name: String) -> String { folder.appending(path: name).path }
            try Data(admin.services.authority.certificate.pem.utf8).write(to: folder.appending(path: "ca.pem"))
            try Data(admin.manager.certificate.pem.utf8).write(to: folder.appending(path: "client.pem"))
            try admin.manager.privateKey.write(toPEMFile: file("client.key"))

            let server = "https://127.0.0.1:\(admin.port)"
            let options = [
                "--silent", "--show-error", "--max-time", "20", "--tls-max", version, "--cacert", file("ca.pem"),
                "--cert", file("client.pem"), "--key", file("client.key"),
                "--write-out", "%{num_connects} %{http_code}\n", "-o", file("one"), "-o", file("two"),
            ]
            let output = try await run(options + ["\(server)/v1/instances", "\(server)/v1/nothing"])
            #expect(output == "1 200\n0 404\n")
            #expect(try String(contentsOfFile: file("two"), encoding: .utf8).contains("unknown-route"))
        }
    }

    private func run(_ arguments: [String]) async throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: curl)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do {
                try process.run()
            } catch {
                done.resume(throwing: error)
            }
        }
        return String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    }
}
