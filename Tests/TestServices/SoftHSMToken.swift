import Foundation
import Glibc

/// A SoftHSM2 token of the test's own: private folder, random PINs, removed with its owner.
package final class SoftHSMToken: Sendable {
    package static let modulePath = "/usr/lib/softhsm/libsofthsm2.so"
    private static let utilityPath = "/usr/bin/softhsm2-util"

    package let folder: TemporaryFolder
    package let label: String
    /// What SOFTHSM2_CONF is to name.
    package let configurationPath: String
    package let tokenDirectory: String
    /// An empty private folder for the login guard.
    package let guardDirectory: String
    /// The user's PIN, mode 0600, with a line end.
    package let pinPath: String

    /// - Parameter isInitialized: False for an empty token directory, in which the test makes the token.
    package init(label: String = "keyferry-test", isInitialized: Bool = true) async throws {
        folder = try TemporaryFolder(prefix: "kf-hsm")
        self.label = label
        tokenDirectory = try folder.makeFolder("tokens")
        guardDirectory = try folder.makeFolder("guard")
        configurationPath = try folder.write(
            "# made by a test\ndirectories.tokendir = \(tokenDirectory)\nobjectstore.backend = file\nlog.level = ERROR\n",
            to: "softhsm2.conf"
        )
        let pin = UUID().uuidString
        pinPath = try folder.write(pin + "\n", to: "pin")
        if isInitialized { try await initialize(pin: pin) }
    }

    /// The files that a login rewrites, one per token.
    package func tokenObjectPaths() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: tokenDirectory)
            .map { "\(tokenDirectory)/\($0)/token.object" }
            .filter { FileManager.default.fileExists(atPath: $0) }
    }

    private func initialize(pin: String) async throws {
        let log = folder.file("softhsm2-util.log")
        let utility = try ChildProcess(
            Self.utilityPath,
            ["--init-token", "--free", "--label", label, "--so-pin", UUID().uuidString, "--pin", pin],
            environment: ["PATH": "/usr/bin:/bin", "SOFTHSM2_CONF": configurationPath],
            log: log
        )
        while utility.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        await utility.end()
        guard try !tokenObjectPaths().isEmpty else {
            let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw TestServiceError("softhsm2-util made no token: \(output)")
        }
    }
}

/// One test of a process at a time may use a PKCS #11 module: C_Finalize and SOFTHSM2_CONF are the whole process's.
/// Tests that leave the token to processes of their own don't need this.
package actor SoftHSMModule {
    private static let instance = SoftHSMModule()
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Runs a test with a token of its own, while no other test uses the module.
    package static func withToken(
        isInitialized: Bool = true,
        _ body: (SoftHSMToken) async throws -> Void
    ) async throws {
        let token = try await SoftHSMToken(isInitialized: isInitialized)
        await instance.take()
        do {
            try await body(token)
            await instance.release()
        } catch {
            await instance.release()
            throw error
        }
    }

    private func take() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func release() {
        if waiting.isEmpty {
            isTaken = false
        } else {
            waiting.removeFirst().resume()
        }
    }
}
