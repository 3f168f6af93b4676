import Foundation
import Glibc
import TestServices
import Testing

@testable import HSM

/// A SoftHSM token does not survive every kill -9 by itself; with the login guard it does.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct KillIntegrationTests {
    /// Beside the test bundle, where the package's executables are built.
    private func probePath() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(fileURLWithPath: own).deletingLastPathComponent().path + "/hsm-login-probe"
        try #require(FileManager.default.isExecutableFile(atPath: path), "\(path) is not built")
        return path
    }

    @Test func theTokenSurvivesTwoHundredKillsDuringLogin() async throws {
        let probe = try probePath()
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            let root = try session.createRootKeyVersion(label: "root")
            session.close()
            for kill in 1...200 {
                let child = try ChildProcess(
                    probe,
                    [
                        token.configurationPath, SoftHSMToken.modulePath, token.label, token.pinPath,
                        token.guardDirectory,
                    ],
                    environment: [:]
                )
                // From before its first login to within one of the next.
                usleep(UInt32.random(in: 5_000...80_000))
                #expect(child.isRunning, "kill \(kill): the probe ended by itself")
                await child.end(with: SIGKILL)
                try session.maintain()
                try session.unwrapCanary(root.canary, under: root.identifier)
                session.close()
            }
        }
    }
}
