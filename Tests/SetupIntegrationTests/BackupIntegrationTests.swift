import AuthorityKeeping
import Cryptography
import Foundation
import Glibc
import HSM
import KeyModel
import KeyStorage
import KeyStorageSQLite
import ServiceBootstrap
import TestServices
import Testing

@testable import Setup

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet), .serialized)
struct BackupIntegrationTests {
    private let logger = InstallationFixture.logger

    @Test func aBackupIsRestoredAndServes() async throws {
        try await InstallationFixture.with { fixture in
            try "keyferry\nsecret\n".write(
                toFile: fixture.home.file("broker.credentials"),
                atomically: false,
                encoding: .utf8
            )
            let backup = try await fixture.backUp()
            let before = try fixture.files()
            let identifier = try BackupReader(path: backup).header.identifier
            let lines = try await fixture.restore(backup, to: "new")
            #expect(lines.first?.contains(identifier) == true)

            let new = InstallationFolder(fixture.temporary.file("new"))
            let restored = InstallationFixture(temporary: fixture.temporary, home: new)
            let after = try restored.files()
            let opened = try await restored.open()
            defer { opened.close() }
            try opened.check()
            #expect(opened.authority.generation == 1)
            #expect(try opened.store.actions().filter { $0 == .restore }.count == 1)
            // All but the store is as it was, to the byte.
            let kept = before.keys.filter { !$0.hasPrefix("store/") && !$0.hasPrefix("token/") }
            #expect(kept.count >= 4 + 9 * 2 + 2)
            for name in kept { #expect(after[name] == before[name], "\(name)") }
            for name in [""] + (try FileManager.default.subpathsOfDirectory(atPath: new.path)) {
                let attributes = try FileManager.default.attributesOfItem(atPath: new.file(name))
                #expect((attributes[.posixPermissions] as? Int ?? 0o777) & 0o077 == 0, "\(name)")
            }
        }
    }

    @Test func noSecretOfTheTokenIsInABackupAndNothingInClear() async throws {
        try await InstallationFixture.with { fixture in
            let file = try Data(contentsOf: URL(fileURLWithPath: try await fixture.backUp()))
            for (name, content) in try fixture.files() where content.count >= 16 && name != "backup-key.pem" {
                #expect(file.range(of: content.prefix(200)) == nil, "\(name)")
            }
            let reader = try BackupReader(path: fixture.temporary.file("backup"))
            try reader.unlock(with: RecoveryKey.privateKey(in: fixture.temporary.file("recovery.key")))
            let entries = EntryWriter { _ in nil }
            try reader.readEntries(for: entries)
            let paths = entries.paths.map(\.text)
            #expect(!paths.contains { $0.hasPrefix("token") || $0.contains("pin") })
            #expect(paths.contains("authorities/services.key") && paths.contains("store/keyferry.sqlite"))
        }
    }

    /// A writer is at work all the time; what is backed up is one state of the store, and nothing is left behind.
    @Test func aBackupIsOneStateOfAStoreInUse() async throws {
        try await InstallationFixture.with { fixture in
            let database = fixture.home.databaseFile
            @Sendable func write(_ number: Int64, _ engine: SQLiteEngine) throws {
                // Two rows that always say the same.
                try engine.write { transaction in
                    for name in ["left", "right"] {
                        try transaction.execute(
                            """
                            INSERT INTO store_probes VALUES (?, ?) \
                            ON CONFLICT (worker) DO UPDATE SET probed = excluded.probed
                            """,
                            [.text(name), .integer(number)]
                        )
                    }
                }
            }
            try write(1, SQLiteEngine(path: database))
            let writer = Task.detached {
                let engine = try SQLiteEngine(path: database)
                var count: Int64 = 1
                while !Task.isCancelled {
                    count += 1
                    try write(count, engine)
                    // As workers do under load, it leaves others a turn.
                    try? await Task.sleep(for: .milliseconds(2))
                }
                return count
            }
            let backups = try await (0..<3).asyncMap { try await fixture.backUp("backup-\($0)") }
            writer.cancel()
            #expect(try await writer.value > 10)
            for (number, backup) in backups.enumerated() {
                _ = try await fixture.restore(backup, to: "new-\(number)")
                let engine = try SQLiteEngine(path: fixture.temporary.file("new-\(number)/store/keyferry.sqlite"))
                let rows = try engine.read { try $0.rows("SELECT DISTINCT probed FROM store_probes", []) }
                #expect(rows.count == 1)
            }
            #expect(!FileManager.default.fileExists(atPath: fixture.home.file("store/.snapshot")))
        }
    }

    @Test func verifyingSaysWhatIsInOrder() async throws {
        try await InstallationFixture.with { fixture in
            let backup = try await fixture.backUp()
            let key = try RecoveryKey.privateKey(in: fixture.temporary.file("recovery.key"))
            let settings = try await fixture.home.workerSettings()
            let opened = try await fixture.open()
            let version = try #require(opened.authority.rootKeyVersions.first)
            let serial = try #require(opened.hsm.serial)
            opened.close()
            func verify(_ key: PrivateKey?, _ settings: WorkerSettings?) throws -> String {
                try BackupVerification(file: backup, logger: logger).run(recoveryKey: key, token: settings)
                    .joined(separator: "\n")
            }
            let header = try verify(nil, nil)
            #expect(header.contains(serial) && header.contains(version.rootKey.text))
            #expect(header.contains(Hexadecimal.encode(version.tokenKeyID)))
            #expect(header.contains("Nothing else was looked at"))
            #expect(try verify(key, nil).contains("The database is sound."))
            let whole = try verify(key, settings)
            #expect(whole.contains("Every record is authentic") && whole.contains("each unwraps"))
            #expect(throws: SetupError(.wrongRecoveryKey, "")) { _ = try verify(.generate(.p256), nil) }
        }
    }

    @Test func whatIsUnpackedToBeVerifiedGoesAgain() throws {
        var folder: PrivateFolder? = try PrivateFolder()
        let path = try #require(folder?.path)
        try "x".write(toFile: path + "/keyferry.sqlite", atomically: false, encoding: .utf8)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
        folder = nil
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aBackupOfAnotherTokenIsRefused() async throws {
        try await InstallationFixture.with { fixture in
            let backup = try await fixture.backUp()
            let other = InstallationFixture(
                temporary: fixture.temporary,
                home: InstallationFolder(fixture.temporary.file("other"))
            )
            _ = try await other.make()
            await #expect(throws: SetupError(.wrongToken, "")) {
                _ = try await fixture.restore(backup, to: "new", token: other.home.file("token"))
            }
            let settings = try await other.home.workerSettings()
            let key = try RecoveryKey.privateKey(in: fixture.temporary.file("recovery.key"))
            #expect(throws: SetupError(.wrongToken, "")) {
                _ = try BackupVerification(file: backup, logger: logger).run(recoveryKey: key, token: settings)
            }
            try fixture.expectNothing(at: "new")
        }
    }

    @Test func whatIsThereIsLeftAlone() async throws {
        try await InstallationFixture.with { fixture in
            let backup = try await fixture.backUp()
            await #expect(throws: SetupError(.fileExists, "")) { _ = try await fixture.backUp() }
            await #expect(throws: SetupError(.installationExists, "")) {
                _ = try await fixture.restore(backup, to: "home")
            }
            try fixture.temporary.write("precious", to: "recovered.txt")
            _ = try fixture.temporary.makeFolder("letters")
            try fixture.temporary.write("precious", to: "letters/one")
            await #expect(throws: SetupError(.folderNotEmpty, "")) {
                _ = try await fixture.restore(backup, to: "letters")
            }
            // Neither a token nor a PIN: both are said, and nothing is left.
            await #expect(throws: SetupError(.optionInvalid, "")) {
                _ = try await fixture.restore(backup, to: "new", token: nil)
            }
            await #expect(throws: SetupError(.optionInvalid, "")) {
                _ = try await fixture.restore(backup, to: "new", token: fixture.temporary.file("letters"))
            }
            try fixture.expectNothing(at: "new")
        }
    }

    @Test func aBackupCutShortRestoresNothing() async throws {
        try await InstallationFixture.with { fixture in
            let whole = try Data(contentsOf: URL(fileURLWithPath: try await fixture.backUp()))
            for length in [0, 100, whole.count / 2, whole.count - 1] {
                let path = fixture.temporary.file("short")
                try whole.prefix(length).write(to: URL(fileURLWithPath: path))
                await #expect(throws: SetupError.self) { _ = try await fixture.restore(path, to: "new") }
                try fixture.expectNothing(at: "new")
            }
        }
    }

    /// A file system that has no room left, where this process may mount one.
    @Test func aFullDiskLeavesNoBackup() async throws {
        try await InstallationFixture.with { fixture in
            let disk = try fixture.temporary.makeFolder("disk")
            let mounted = mount("tmpfs", disk, "tmpfs", 0, "size=16k")
            guard mounted == 0 else {
                // Not root, or root without the right to mount, as in a container.
                #expect(errno == EPERM)
                return
            }
            defer { umount(disk) }
            await #expect(throws: CryptographyError(code: .fileNotWritten, operation: "")) {
                _ = try await fixture.backUp("disk/backup")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: disk).isEmpty)
        }
    }

    @Test func anOlderBackupNeedsTwoKeyOwners() async throws {
        try await InstallationFixture.with { fixture in
            let second = try fixture.temporary.makeFolder("second")
            let ben = CredentialFiles(certificateFile: second + "/ben.pem", keyFile: second + "/ben.key")
            try await fixture.addKeyOwner("ben", ben)
            let backup = try await fixture.backUp()
            let revoked = try fixture.home.credential(.gatewayIdentity).certificate().fingerprint()
            _ = try await fixture.renew([.gateway]) { $0.revokesReplaced = true }
            let anchor = try await fixture.anchor()
            await #expect(throws: SetupError(.backupOlder, "")) { _ = try await fixture.restore(backup, to: "new") }
            let first = fixture.home.credential(.firstOperator)
            let approvals = try [first, first, ben].enumerated().map { number, files in
                try fixture.approve(backup, anchor: anchor, files, "approval-\(number)")
            }
            for refused in [[], [approvals[0]], [approvals[0], approvals[0]], [approvals[0], approvals[1]]] {
                await #expect(throws: SetupError(.approvalRefused, "")) {
                    _ = try await fixture.restore(backup, to: "new", approvals: refused)
                }
                try fixture.expectNothing(at: "new")
            }
            let stale = try fixture.approve(backup, anchor: anchor - 1, ben, "stale")
            await #expect(throws: SetupError(.approvalRefused, "")) {
                _ = try await fixture.restore(backup, to: "new", approvals: [approvals[0], stale])
            }

            let agreed = [approvals[0], approvals[2]]
            _ = try await fixture.restore(backup, to: "new", approvals: agreed)
            let new = InstallationFixture(
                temporary: fixture.temporary,
                home: InstallationFolder(fixture.temporary.file("new"))
            )
            let opened = try await new.open()
            defer { opened.close() }
            try opened.check()
            #expect(opened.authority.generation == anchor + 1)
            #expect(try opened.hsm.readAnchor().generation == anchor + 1)
            // What was revoked after the backup is in force again: what the two have agreed to.
            #expect(opened.authority.service(revoked, at: Timestamp(secondsSince1970: fixture.now)) != nil)
            let actions = try opened.store.actions()
            #expect(actions.filter { $0 == .restoreApprove }.count == 2 && actions.contains(.restore))
        }
    }

    /// Ticket keys are renewed daily. They confer nothing, so that it makes no backup older than the token knows.
    @Test func newTicketKeysMakeNoBackupOlder() async throws {
        try await InstallationFixture.with { fixture in
            let backup = try await fixture.backUp()
            let anchor = try await fixture.anchor()
            for day in 1...2 { _ = try await fixture.renew([.ticket], after: Int64(day) * 86_400) }
            #expect(try await fixture.anchor() == anchor)
            let key = try RecoveryKey.privateKey(in: fixture.temporary.file("recovery.key"))
            let verified = try BackupVerification(file: backup, logger: logger)
                .run(recoveryKey: key, token: try await fixture.home.workerSettings())
            #expect(verified.contains { $0.contains("it can be restored as it is") })

            let lines = try await fixture.restore(backup, to: "new")
            #expect(lines.contains { $0.contains("new ticket key") })
            let new = InstallationFixture(
                temporary: fixture.temporary,
                home: InstallationFolder(fixture.temporary.file("new"))
            )
            let opened = try await new.open()
            defer { opened.close() }
            try opened.check()
            #expect(try opened.hsm.readAnchor().generation == anchor)
            #expect(opened.authority.ticketKeys.map(\.status) == [.current])
            #expect(try opened.store.actions().contains(.restore))
        }
    }

    /// After it the token is at another generation, and what was signed is about none that will come again.
    @Test func whatWasAgreedToIsGoodForOneRestore() async throws {
        try await InstallationFixture.with { fixture in
            let second = try fixture.temporary.makeFolder("second")
            let ben = CredentialFiles(certificateFile: second + "/ben.pem", keyFile: second + "/ben.key")
            try await fixture.addKeyOwner("ben", ben)
            let backup = try await fixture.backUp()
            _ = try await fixture.renew([.gateway]) { $0.revokesReplaced = true }
            // Two rotations, two days: the ticket key of the backup is no longer in the token.
            for day in 1...2 { _ = try await fixture.renew([.ticket], after: Int64(day) * 86_400) }
            let anchor = try await fixture.anchor()
            let agreed = try [fixture.home.credential(.firstOperator), ben].enumerated().map { number, files in
                try fixture.approve(backup, anchor: anchor, files, "approval-\(number)")
            }
            let lines = try await fixture.restore(backup, to: "new", approvals: agreed)
            #expect(lines.contains { $0.contains("new ticket key") })
            await #expect(throws: SetupError(.approvalRefused, "")) {
                _ = try await fixture.restore(
                    backup,
                    to: "again",
                    token: fixture.temporary.file("new/token"),
                    approvals: agreed
                )
            }
            try fixture.expectNothing(at: "again")
        }
    }
}

extension InstallationFixture {
    /// Makes a recovery key where there is none, and a backup.
    func backUp(_ name: String = "backup") async throws -> String {
        let recovery = temporary.file("recovery.key")
        if !FileManager.default.fileExists(atPath: recovery) {
            _ = try RecoveryKey.make(privateFile: recovery, home: home)
        }
        let path = temporary.file(name)
        let maker = try BackupMaker(home, recipientFile: nil, logger: Self.logger, now: now)
        _ = try await maker.make(output: path)
        return path
    }

    func restore(
        _ backup: String,
        to name: String,
        token: String?,
        approvals: [String]? = nil
    ) async throws -> [String] {
        var options = RestoreOptions(
            backupFile: backup,
            recoveryKeyFile: temporary.file("recovery.key"),
            home: temporary.file(name)
        )
        options.tokenFolder = token
        options.acceptsOlder = approvals != nil
        options.approvalFiles = approvals ?? []
        return try await Restoration(options, logger: Self.logger, now: now).run()
    }

    /// With this installation's token.
    func restore(_ backup: String, to name: String, approvals: [String]? = nil) async throws -> [String] {
        try await restore(backup, to: name, token: home.file("token"), approvals: approvals)
    }

    func expectNothing(at name: String) throws {
        let left = try FileManager.default.contentsOfDirectory(atPath: temporary.path)
        #expect(!left.contains(name) && !left.contains(".\(name).unfinished"))
    }

    func anchor() async throws -> UInt64 {
        let opened = try await open()
        defer { opened.close() }
        return try opened.hsm.readAnchor().generation
    }

    func addKeyOwner(_ name: String, _ files: CredentialFiles) async throws {
        let key = try PrivateKey.generate(.p256)
        let operators = try CertificateAuthority.load(home.credential(.operatorsAuthority))
        let certificate = try operators.issueOperator(name: name, to: key.publicKey, now: now)
        try files.write(certificate, key)
        let record = Operator(
            fingerprint: try certificate.fingerprint(),
            name: name,
            roles: [.keyOwner],
            status: .inForce,
            notAfter: Timestamp(secondsSince1970: certificate.notAfter)
        )
        let opened = try await open()
        defer { opened.close() }
        try opened.change(.credentialRenew) { $0.operators.append(record) }
    }

    func approve(_ backup: String, anchor: UInt64, _ files: CredentialFiles, _ name: String) throws -> String {
        let header = try BackupReader(path: backup).header
        let subject = RestoreSubject(
            backup: header.identifier,
            backupGeneration: header.manifest.generation,
            anchorGeneration: anchor,
            tokenSerial: header.manifest.tokenSerial
        )
        let path = temporary.file(name)
        try RestoreApproval(subject, key: files.key(), certificate: files.certificate(), now: now, hours: 1)
            .write(to: path)
        return path
    }
}

extension KeyStore {
    fileprivate func actions() throws -> [AuditEvent.Action] {
        try read { store in
            try store.auditChains().flatMap { chain in
                try store.auditRecords(behind: AuditChain(startingAs: chain), limit: 10).records
            }
        }.map(\.event.action)
    }
}

extension Range<Int> {
    fileprivate func asyncMap<Value>(_ body: (Int) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for number in self { values.append(try await body(number)) }
        return values
    }
}
