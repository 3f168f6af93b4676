import Foundation

/// A folder that is gone after the test.
struct TemporaryFolder {
    let path: String

    @discardableResult
    static func with<R>(_ body: (TemporaryFolder) async throws -> R) async throws -> R {
        let url = FileManager.default.temporaryDirectory.appending(path: "keyferry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(TemporaryFolder(path: url.path))
    }
}
