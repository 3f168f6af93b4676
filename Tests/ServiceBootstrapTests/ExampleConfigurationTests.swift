import Foundation
import Testing

@testable import ServiceBootstrap

/// The example files are documentation, and wrong documentation is worse than none: each is read as it is, and once more
/// with every commented key switched on, which must be known and must show the default.
@Suite struct ExampleConfigurationTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Schemas/config")

    private func read<S: ConfigurationSettings>(_ settings: S.Type, _ name: String) async throws -> S {
        let path = Self.folder.appending(path: name).path
        return try await ConfigurationReader.read(settings, path: path, environment: [:])
    }

    /// Uncomments the keys (`# key: value`) but those that exclude others.
    private func readInFull<S: ConfigurationSettings>(_ settings: S.Type, _ name: String) async throws -> S {
        let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard !line.contains("tokenSerial"), let match = line.wholeMatch(of: /( *)# ( *[A-Za-z]+: ?\S*)/) else {
                return String(line)
            }
            return String(match.1 + match.2)
        }
        return try await TemporaryFolder.with { folder in
            let path = try folder.write(lines.joined(separator: "\n"), to: name)
            return try await ConfigurationReader.read(settings, path: path, environment: [:])
        }
    }

    @Test func gateway() async throws {
        let settings = try await read(GatewaySettings.self, "gateway.example.yaml")
        let full = try await readInFull(GatewaySettings.self, "gateway.example.yaml")
        #expect(settings.listen == NetworkAddress(host: "0.0.0.0", port: 5696))
        #expect(settings.policy.allowsTripleDES == false)
        #expect(settings.monitoring == MonitoringSettings(host: "127.0.0.1", port: 9701))
        #expect(settings.broker.tls == nil)
        #expect(full.broker.tls != nil)
        #expect(settings.endpoint == nil && full.endpoint == NetworkAddress(host: "keys.example.com", port: 443))
        #expect(full.limits == settings.limits)
        #expect(full.policy == settings.policy)
        #expect(full.listen == settings.listen)
        #expect(full.process == settings.process)
        #expect(full.monitoring == settings.monitoring)
    }

    @Test func worker() async throws {
        let settings = try await read(WorkerSettings.self, "worker.example.yaml")
        let full = try await readInFull(WorkerSettings.self, "worker.example.yaml")
        #expect(settings.hsm.token == .label("keyferry"))
        #expect(full.hsm.softHSMConfigurationFile?.hasSuffix("token/softhsm2.conf") == true)
        // The default, and the line that shows it.
        #expect(settings.hsm.guardFolder + "/pin" == settings.hsm.pinFile)
        #expect(full.hsm.guardFolder + "/pin" == full.hsm.pinFile)
        #expect(full.hsm.objectsPerRecycle == settings.hsm.objectsPerRecycle)
        #expect(full.store.busy == settings.store.busy)
        #expect(full.batchJobs == settings.batchJobs)
        #expect(full.rootKeyRetentionDays == settings.rootKeyRetentionDays)
        #expect(full.rootKeyDeletionWaitSeconds == settings.rootKeyDeletionWaitSeconds)
        #expect(full.process == settings.process)
        #expect(full.monitoring == settings.monitoring)
    }

    /// As the units of systemd have it: the PIN is a credential, in a folder that can't be written.
    @Test func theGuardNeedNotBeBesideThePIN() async throws {
        let settings = try await ConfigurationReader.read(
            WorkerSettings.self,
            path: Self.folder.appending(path: "worker.example.yaml").path,
            environment: [
                "KEYFERRY_HSM_PIN_FILE": "/run/credentials/keyferry-worker@1.service/pin",
                "KEYFERRY_HSM_GUARD_FOLDER": "/var/lib/keyferry/token",
            ]
        )
        #expect(settings.hsm.pinFile == "/run/credentials/keyferry-worker@1.service/pin")
        #expect(settings.hsm.guardFolder == "/var/lib/keyferry/token")
    }

    @Test func admin() async throws {
        let settings = try await read(AdminSettings.self, "admin.example.yaml")
        let full = try await readInFull(AdminSettings.self, "admin.example.yaml")
        #expect(settings.listen == NetworkAddress(host: "127.0.0.1", port: 9443))
        #expect(full.listen == settings.listen)
        #expect(full.process == settings.process)
        #expect(full.monitoring == settings.monitoring)
    }

    @Test func commandLine() async throws {
        let settings = try await read(OperatorSettings.self, "operator.example.yaml")
        let full = try await readInFull(OperatorSettings.self, "operator.example.yaml")
        #expect(settings.server == NetworkAddress(host: "localhost", port: 9443))
        #expect(full.timeout == settings.timeout)
    }

    @Test(arguments: [
        ("partition: Main\n", "gateway.yaml: partition: Main is not a partition's name (1 to 32 of a-z, 0-9 and -)"),
        ("{}\n", "gateway.yaml: partition is missing"),
    ])
    func settingsSayWhatIsWrong(yaml: String, expected: String) async throws {
        try await TemporaryFolder.with { folder in
            let path = try folder.write(yaml, to: "gateway.yaml")
            do {
                _ = try await ConfigurationReader.read(GatewaySettings.self, path: path, environment: [:])
                Issue.record("accepted")
            } catch {
                #expect("\(error)" == expected)
            }
        }
    }
}
