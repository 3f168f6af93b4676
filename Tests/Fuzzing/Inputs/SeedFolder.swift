import Foundation

/// The committed seeds of a fuzz target: made from the vectors of our tests, and checked by these tests to be what their
/// vectors give.
package struct SeedFolder: Sendable {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Seeds")

    /// Set by `make fuzz-seeds`: the seeds are written, rather than compared.
    private static let isWriting = ProcessInfo.processInfo.environment["KEYFERRY_WRITE_SEEDS"] == "1"

    private let folder: URL

    /// - Parameter target: `ttlv`, `requests` or `jobs`.
    package init(_ target: String) {
        folder = Self.root.appending(path: target)
    }

    /// Names of files that are not what they should be.
    ///
    /// - Parameters:
    ///   - prefix: of the names, by which the seeds of one set of vectors are told from others.
    ///   - seeds: by the rest of their names; all that there are with this prefix.
    package func outdated(_ prefix: String, _ seeds: [String: [UInt8]]) throws -> Set<String> {
        let expected = [String: [UInt8]](uniqueKeysWithValues: seeds.map { ("\(prefix)-\($0.key)", $0.value) })
        if Self.isWriting {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for name in try present(prefix) { try FileManager.default.removeItem(at: folder.appending(path: name)) }
            for (name, bytes) in expected { try Data(bytes).write(to: folder.appending(path: name)) }
        }
        var outdated = try present(prefix).subtracting(expected.keys)
        for (name, bytes) in expected {
            let present = try? Data(contentsOf: folder.appending(path: name))
            if present != Data(bytes) { outdated.insert(name) }
        }
        return outdated
    }

    /// All seeds, by name.
    package func all() throws -> [String: [UInt8]] {
        var seeds: [String: [UInt8]] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            seeds[name] = [UInt8](try Data(contentsOf: folder.appending(path: name)))
        }
        return seeds
    }

    private func present(_ prefix: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("\(prefix)-") })
    }
}
