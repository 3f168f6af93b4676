internal import Cryptography
internal import Foundation
internal import Logging

/// Keeps a copy of every SoftHSM token's `token.object` and puts it back where it is found damaged.
///
/// SoftHSM rewrites that file at every login: it truncates it, lets go of its lock, writes, and does not sync. A
/// process killed in between leaves it empty, and the token is gone. The keys, in files of their own, are not touched.
/// To be called with the login lock held.
struct SoftHSMTokenFiles {
    let tokenDirectory: String
    /// Where the copies are.
    let copyDirectory: String
    let logger: Logger

    private static let fileName = "token.object"

    func restoreDamaged() throws(HSMError) {
        for token in tokens() {
            let path = "\(tokenDirectory)/\(token)/\(Self.fileName)"
            guard let current = FileManager.default.contents(atPath: path) else { continue }
            guard !SoftHSMObjectFile.isWhole(Array(current)) else { continue }
            guard let copy = FileManager.default.contents(atPath: copyPath(token)) else {
                logger.critical(
                    "the SoftHSM token's token.object is damaged and there is no copy of it to put back",
                    metadata: ["file": .string(path), "bytes": .stringConvertible(current.count)]
                )
                continue
            }
            try write(Array(copy), to: path)
            logger.critical(
                "the SoftHSM token's token.object was damaged, as by a process killed while logging in; restored",
                metadata: ["file": .string(path), "bytes": .stringConvertible(current.count)]
            )
        }
    }

    /// Copies what has changed. Called after a login that succeeded, when the file is known to be good.
    func keepCopies() throws(HSMError) {
        for token in tokens() {
            let path = "\(tokenDirectory)/\(token)/\(Self.fileName)"
            guard let current = FileManager.default.contents(atPath: path) else { continue }
            guard SoftHSMObjectFile.isWhole(Array(current)) else { continue }
            guard FileManager.default.contents(atPath: copyPath(token)) != current else { continue }
            try write(Array(current), to: copyPath(token))
        }
    }

    private func tokens() -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: tokenDirectory)) ?? []
    }

    private func copyPath(_ token: String) -> String {
        "\(copyDirectory)/\(token).\(Self.fileName)"
    }

    private func write(_ bytes: [UInt8], to path: String) throws(HSMError) {
        do {
            try DurableFile.write(bytes, to: path, mode: 0o600, replacing: true)
        } catch {
            throw HSMError(.guardFileFailed, "\(path): \(error)")
        }
    }
}
