import Foundation
import Testing

@testable import AMQPClient

@Suite struct CredentialsFileTests {
    private let path = NSTemporaryDirectory() + "/credentials-\(UUID().uuidString)"

    private func read(_ content: [UInt8], mode: Int = 0o600) throws -> [String] {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(content).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return try CredentialsFile.withCredentials(path: path) { [String(cString: $0), String(cString: $1)] }
    }

    @Test(arguments: ["user\nsecret", "user\nsecret\n"])
    func readsTwoLines(_ text: String) throws {
        #expect(try read(Array(text.utf8)) == ["user", "secret"])
    }

    @Test(arguments: [
        "", "user", "user\n", "\nsecret", "user\n\n", "user\nsecret\nmore", "user\nsecret\n\n", "us\0er\nx",
    ])
    func refusesAnythingElse(_ text: String) {
        #expect(throws: AMQPClientError(.credentialsUnusable, operation: "")) { try read(Array(text.utf8)) }
    }

    @Test func refusesAFileThatEverybodyCanRead() {
        #expect(throws: AMQPClientError(.credentialsUnusable, operation: "")) {
            try read(Array("user\nsecret".utf8), mode: 0o644)
        }
    }

    @Test func refusesAFileOfMoreThanOneKilobyte() {
        let long = Array("user\n".utf8) + [UInt8](repeating: 0x61, count: 1020)
        #expect(throws: AMQPClientError(.credentialsUnusable, operation: "")) { try read(long) }
    }

    @Test func refusesAMissingFileAndAFolder() {
        for path in [path, NSTemporaryDirectory()] {
            #expect(throws: AMQPClientError(.credentialsUnusable, operation: "")) {
                try CredentialsFile.withCredentials(path: path) { _, _ in }
            }
        }
    }
}
