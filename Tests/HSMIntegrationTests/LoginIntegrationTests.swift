import Cryptography
import Foundation
import Logging
import TestServices
import Testing

@testable import HSM

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct LoginIntegrationTests {
    @Test func aWrongPINHasItsOwnCodeAndIsTriedOnce() async throws {
        try await SoftHSMModule.withToken { token in
            let log = LogRecorder()
            let error = #expect(throws: HSMError(.pinIncorrect)) {
                _ = try HSMSession(settings: token.settings, pin: try secret(Array("wrong".utf8)), logger: log.logger)
            }
            #expect(error?.isPermanent == true)
            #expect(log.messages.isEmpty)
            // The module was finalized again: the right PIN works.
            let session = try token.open()
            #expect(session.isAvailable)
        }
    }

    /// Restart loops lock tokens. That it is not tried shows with the right PIN, which the token would take.
    @Test func aRefusedPINFileIsNotTriedAgainUntilItIsWritten() async throws {
        try await SoftHSMModule.withToken { token in
            func session(_ pin: [UInt8]) throws -> HSMSession {
                var settings = token.settings
                settings.pinFile = PINFileState(of: token.pinPath)
                return try HSMSession(settings: settings, pin: try secret(pin), logger: Logger(label: "test"))
            }
            let file = try Data(contentsOf: URL(fileURLWithPath: token.pinPath))
            let right = Array(file.dropLast())
            #expect(throws: HSMError(.pinIncorrect)) { _ = try session(Array("wrong".utf8)) }
            let note = token.guardDirectory + "/" + URL(fileURLWithPath: token.pinPath).lastPathComponent + ".refused"
            let noted = try #require(FileManager.default.contents(atPath: note))
            #expect(noted.range(of: Data("wrong".utf8)) == nil && noted.range(of: Data(right)) == nil)
            for _ in 0..<2 {
                #expect(throws: HSMError(.pinRefusedBefore)) { _ = try session(right) }
            }
            // Another file in the same folder is another matter.
            #expect(try token.open().isAvailable)
            try file.write(to: URL(fileURLWithPath: token.pinPath), options: .atomic)
            #expect(try session(right).isAvailable)
        }
    }

    @Test func aMissingModuleIsNamed() async throws {
        try await SoftHSMModule.withToken { token in
            let error = #expect(throws: HSMError(.moduleNotLoadable)) {
                _ = try token.open { $0.location.modulePath = "/nonexistent/libhsm.so" }
            }
            #expect(error?.detail.contains("/nonexistent/libhsm.so") == true)
        }
    }

    @Test func aTokenThatIsNotThereIsNotFound() async throws {
        try await SoftHSMModule.withToken { token in
            #expect(throws: HSMError(.tokenNotFound)) {
                _ = try token.open { $0.location.selector = .label("another") }
            }
        }
    }

    @Test func theTokenIsFoundBySerial() async throws {
        try await SoftHSMModule.withToken { token in
            let first = try token.open()
            let serial = try #require(first.serial)
            first.close()
            let second = try token.open { $0.location.selector = .serial(serial) }
            #expect(second.serial == serial)
        }
    }

    @Test func aTokenDirectoryThatCannotBeUsedIsNamed() async throws {
        try await SoftHSMModule.withToken { token in
            try FileManager.default.removeItem(atPath: token.tokenDirectory)
            #expect(throws: HSMError(.tokenDirectoryUnusable)) { _ = try token.open() }
            _ = try token.folder.write("no folder", to: "tokens")
            #expect(throws: HSMError(.tokenDirectoryUnusable)) { _ = try token.open() }
            try FileManager.default.removeItem(atPath: token.configurationPath)
            #expect(throws: HSMError(.configurationUnreadable)) { _ = try token.open() }
        }
    }

    @Test func anEmptiedTokenFileIsRestoredWithALoudLine() async throws {
        try await SoftHSMModule.withToken { token in
            let root = try token.open().createRootKeyVersion(label: "root")
            let path = try #require(try token.tokenObjectPaths().first)
            let whole = try #require(FileManager.default.contents(atPath: path))
            for damaged in [Data(), whole.dropLast(3)] {
                try damaged.write(to: URL(fileURLWithPath: path))
                let log = LogRecorder()
                let session = try HSMSession(
                    settings: token.settings,
                    pin: try SecretBytes(contentsOfFile: token.pinPath),
                    logger: log.logger
                )
                try session.unwrapCanary(root.canary, under: root.identifier)
                #expect(log.messages.contains { $0.level == .critical && $0.text.contains("restored") })
            }
        }
    }

    @Test func anEmptiedTokenFileWithoutACopyIsReported() async throws {
        try await SoftHSMModule.withToken { token in
            let path = try #require(try token.tokenObjectPaths().first)
            try Data().write(to: URL(fileURLWithPath: path))
            let log = LogRecorder()
            #expect(throws: HSMError(.tokenNotFound)) {
                _ = try HSMSession(
                    settings: token.settings,
                    pin: try SecretBytes(contentsOfFile: token.pinPath),
                    logger: log.logger
                )
            }
            #expect(log.messages.contains { $0.level == .critical && $0.text.contains("no copy") })
        }
    }

    @Test func aTokenMadeByUsIsUsableAndNotMadeTwice() async throws {
        try await SoftHSMModule.withToken(isInitialized: false) { token in
            let initialization = TokenInitialization(
                location: token.location,
                guardDirectory: token.guardDirectory,
                logger: Logger(label: "test")
            )
            let officerPIN = try SecretBytes.randomText(characterCount: 24)
            let pin = try SecretBytes(contentsOfFile: token.pinPath)
            let serial = try initialization.run(securityOfficerPIN: officerPIN, pin: pin)
            #expect(throws: HSMError(.tokenExists)) {
                _ = try initialization.run(securityOfficerPIN: officerPIN, pin: pin)
            }
            // A copy is there before the first login: the first worker may be killed in it.
            try Data().write(to: URL(fileURLWithPath: try #require(try token.tokenObjectPaths().first)))
            let session = try token.open()
            #expect(session.serial == serial)
            _ = try session.createRootKeyVersion(label: "root")
        }
    }

    @Test func oneLoginAtATime() async throws {
        try await SoftHSMModule.withToken { token in
            let path = token.guardDirectory + "/login.lock"
            let held = try FileLock(path: path, waitingAtMost: .zero)
            #expect(throws: HSMError(.loginLockBusy)) {
                _ = try FileLock(path: path, waitingAtMost: .milliseconds(10))
            }
            held.unlock()
            let again = try FileLock(path: path, waitingAtMost: .zero)
            again.unlock()
        }
    }
}
