import Cryptography
import Foundation
import Logging
import ServiceBootstrap
import TestServices

@testable import Setup

/// An installation of a test's own. One test of the process at a time may use the PKCS #11 module.
struct InstallationFixture {
    static let logger = Logger(label: "setup-tests")

    let temporary: TemporaryFolder
    let home: InstallationFolder
    let now = Int64(Date().timeIntervalSince1970)

    static func with(
        _ hosts: [String] = [],
        _ serverKey: ServerKeyKind = .rsa2048,
        isMade: Bool = true,
        _ body: (InstallationFixture) async throws -> Void
    ) async throws {
        try await SoftHSMModule.withToken(isInitialized: false) { token in
            let home = InstallationFolder(token.folder.file("home"))
            let fixture = InstallationFixture(temporary: token.folder, home: home)
            if isMade { _ = try await fixture.make(hosts, serverKey) }
            try await body(fixture)
        }
    }

    func make(_ hosts: [String] = [], _ serverKey: ServerKeyKind = .rsa2048) async throws -> InstallationSummary {
        let options = try InstallationOptions(home: home.path, hosts: hosts, serverKey: serverKey)
        return try await InstallationMaker(options, logger: Self.logger, now: now).make()
    }

    func open() async throws -> OpenedInstallation {
        try OpenedInstallation(try await home.workerSettings(), logger: Self.logger)
    }

    func renew(
        _ targets: [RenewalTarget],
        after seconds: Int64 = 0,
        _ change: (inout RenewalRequest) -> Void = { _ in }
    ) async throws -> [RenewalOutcome] {
        var request = RenewalRequest(targets)
        change(&request)
        return try await Renewal(home, logger: Self.logger, now: now + seconds).run(request)
    }

    /// Every file of the installation, by path.
    func files() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: home.path) {
            let path = home.file(name)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
                continue
            }
            files[name] = try Data(contentsOf: URL(fileURLWithPath: path))
        }
        return files
    }
}
