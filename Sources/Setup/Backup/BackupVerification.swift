import AuthorityKeeping
package import Cryptography
import Foundation
import Glibc
import HSM
import KeyModel
import KeyStorage
import KeyStorageSQLite
package import Logging
package import ServiceBootstrap

/// `keyferry-setup backup verify`: looks at a backup without restoring anything.
///
/// Without the recovery key that is its header. With it every chunk, every entry and the database are; with a token, every
/// record and every root key that the backup needs too.
package struct BackupVerification {
    private let reader: BackupReader
    private let logger: Logger

    package init(file: String, logger: Logger) throws {
        reader = try BackupReader(path: file)
        self.logger = logger
    }

    /// - Returns: what was found in order.
    package func run(recoveryKey: PrivateKey?, token settings: WorkerSettings?) throws -> [String] {
        let head = ["Backup \(reader.header.identifier):"] + reader.header.manifest.lines.map { "  " + $0 }
        guard let recoveryKey else {
            return head + ["The header is whole. Nothing else was looked at: that takes --recovery-key."]
        }
        umask(0o077)
        try reader.unlock(with: recoveryKey)
        guard let settings else {
            let folder = try PrivateFolder()
            let (_, content) = try unpackStore(in: folder)
            return head + [content, "Records and root keys were not checked: that takes the token (--home)."]
        }
        // Root's file, as a rule.
        let pin = SecretBox(try SecretBytes(contentsOfFile: settings.hsm.pinFile))
        return head + (try check(settings, pin, as: StateOwner(ofFolder: settings.hsm.guardFolder)))
    }

    private func check(_ settings: WorkerSettings, _ pin: SecretBox, as owner: StateOwner) throws -> [String] {
        let place = try owner.takePlace()
        defer { place.leave() }
        let folder = try PrivateFolder()
        let (engine, content) = try unpackStore(in: folder)
        return [content] + (try check(engine, settings, pin))
    }

    private func check(
        _ engine: SQLiteEngine,
        _ settings: WorkerSettings,
        _ pin: SecretBox
    ) throws -> [String] {
        let manifest = reader.header.manifest
        let opened = try RestoredStore(engine, settings, pin: pin, manifest: manifest, logger: logger)
        defer { opened.close() }
        let records = try opened.verifyRecords()
        let missing = try opened.missingRootKeyVersions()
        guard missing.isEmpty else {
            throw SetupError(
                .wrongToken,
                "the token has no "
                    + missing.map { "version \($0.version) of root key \($0.rootKey)" }
                    .joined(separator: ", nor ") + ": what is wrapped under it cannot be read again"
            )
        }
        return opened.notes + [
            "Every record is authentic: \(records.objects) keys, \(records.auditEvents) audit events.",
            "The token has every root key version that the backup needs, and each unwraps.",
            try opened.ageNote(),
        ]
    }

    private func unpackStore(in folder: PrivateFolder) throws -> (SQLiteEngine, String) {
        let database = folder.path + "/keyferry.sqlite"
        let writer = EntryWriter { $0 == .store ? database : nil }
        try reader.readEntries(for: writer)
        try writer.requireWhole()
        let engine = try SQLiteEngine(path: database)
        try engine.checkIntegrity()
        let content = "Every chunk is authentic: \(writer.paths.count) files, \(writer.byteCount) bytes."
        return (engine, content + " The database is sound.")
    }
}

/// A folder that only this user can enter, and that goes with its owner.
final class PrivateFolder {
    let path: String

    init() throws(SetupError) {
        var template = Array((NSTemporaryDirectory() + "/keyferry-backup-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SetupError(.folderUnusable, "no temporary folder: \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
