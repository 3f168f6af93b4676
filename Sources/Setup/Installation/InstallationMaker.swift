import Cryptography
import Foundation
import Glibc
import HSM
import KeyModel
package import Logging
package import ServiceBootstrap

/// `keyferry-setup init`: makes an installation, whole or not at all.
///
/// Everything is made and checked in a folder beside the one that is asked for, which then gets its name. What a crash
/// leaves behind is not an installation, and the next attempt begins anew.
package struct InstallationMaker {
    private let options: InstallationOptions
    private let logger: Logger
    private let now: Int64

    /// - Parameter now: seconds since 1970.
    package init(_ options: InstallationOptions, logger: Logger, now: Int64) {
        self.options = options
        self.logger = logger
        self.now = now
    }

    /// - Returns: what was made.
    /// - Throws: `installationExists` where there is one; nothing of it is touched.
    package func make() async throws -> InstallationSummary {
        // SoftHSM makes its files with what the process's mask leaves.
        umask(0o077)
        try requireModule()
        let staging = try StagingFolder(for: options.home)
        do {
            let first = FirstAuthority(partition: options.partition, now: now)
            let keys = try makeEverything(first, in: staging.folder)
            try await check(staging.folder)
            try preparation(staging.folder).writeSoftHSMConfiguration(
                tokenFolder: options.home.tokenFolder,
                replacing: true
            )
            try ConfigurationFiles(folder: staging.folder, options: options)
                .writeWorker(keys, state: options.home, replacing: true)
            try staging.publish(owner: options.stateOwner)
        } catch {
            staging.discard()
            throw error
        }
        // Once more under its name, as the worker will find it.
        let authority = try await check(options.home)
        return try InstallationSummary(options: options, authority: authority)
    }

    private func requireModule() throws(SetupError) {
        guard access(options.modulePath, R_OK) == 0 else {
            throw SetupError(
                .moduleMissing,
                "the PKCS #11 module \(options.modulePath) is not there: apt-get install softhsm2, or name another "
                    + "with --module"
            )
        }
    }

    private func preparation(_ folder: InstallationFolder) -> TokenPreparation {
        TokenPreparation(folder: folder, modulePath: options.modulePath, logger: logger)
    }

    private func makeEverything(
        _ first: FirstAuthority,
        in folder: InstallationFolder
    ) throws -> TokenPreparation.Keys {
        let (services, credentials) = try makeCredentials(in: folder)
        let session = try preparation(folder).makeToken()
        defer { session.close() }
        let keys = try TokenPreparation.makeKeys(in: session, rootKey: first.rootKeyIdentifier)
        let ticket = try services.issueIdentity(
            .ticket,
            partition: options.partition,
            to: keys.ticketPublicKey,
            now: now
        )
        try OpenedInstallation.found(
            try first.authority(credentials, keys: keys, ticketCertificate: ticket),
            event: first.event(requestID: UUID().uuidString.lowercased()),
            recordMACKey: keys.recordMAC,
            databaseFile: folder.databaseFile,
            in: session
        )
        try ConfigurationFiles(folder: folder, options: options).write(keys)
        return keys
    }

    /// The CAs, and all certificates with keys in files.
    private func makeCredentials(
        in folder: InstallationFolder
    ) throws -> (services: CertificateAuthority, certificates: [CredentialName: Certificate]) {
        let services = try CertificateAuthority.make(
            CertificateAuthority.servicesName,
            in: folder.credential(.servicesAuthority),
            now: now
        )
        let operators = try CertificateAuthority.make(
            CertificateAuthority.operatorsName,
            in: folder.credential(.operatorsAuthority),
            now: now
        )
        var certificates: [CredentialName: Certificate] = [:]
        func add(_ name: CredentialName, _ kind: PrivateKey.Kind, _ issue: (PrivateKey) throws -> Certificate) throws {
            let key = try PrivateKey.generate(kind)
            let certificate = try issue(key)
            try folder.credential(name).write(certificate, key)
            certificates[name] = certificate
        }
        let roles: [(CredentialName, ServiceRole)] = [
            (.gatewayIdentity, .gateway), (.workerIdentity, .worker), (.adminIdentity, .admin),
        ]
        for (name, role) in roles {
            try add(name, .p256) { key in
                try services.issueIdentity(role, partition: options.partition, to: key.publicKey, now: now)
            }
        }
        try add(.firstOperator, .p256) { key in
            try operators.issueOperator(name: FirstAuthority.operatorName, to: key.publicKey, now: now)
        }
        try add(.adminServer, .p256) { key in
            try services.issueServer(hosts: options.adminHosts, to: key.publicKey, now: now)
        }
        try add(.gatewayServer, options.serverKey.keyKind) { key in
            try SelfSignedCertificate.server(hosts: options.gatewayHosts, key: key, now: now)
        }
        try add(.selfTestClient, .p256) { key in
            try SelfSignedCertificate.client(name: FirstAuthority.selfTestName, key: key, now: now)
        }
        return (services, certificates)
    }

    /// What a worker does when it starts.
    @discardableResult
    private func check(_ folder: InstallationFolder) async throws -> Authority {
        let settings = try await folder.workerSettings()
        let opened = try OpenedInstallation(settings, logger: logger)
        defer { opened.close() }
        try opened.check()
        return opened.authority
    }
}

extension InstallationOptions {
    /// `localhost` brings its address with it.
    var gatewayHosts: [String] {
        hosts.contains("localhost") && !hosts.contains("127.0.0.1") ? hosts + ["127.0.0.1"] : hosts
    }

    /// The admin front listens on loopback, where it is always found by the first two.
    var adminHosts: [String] {
        (hosts + operatorHosts).reduce(into: ["localhost", "127.0.0.1"]) { names, host in
            if !names.contains(host) { names.append(host) }
        }
    }
}

extension InstallationFolder {
    /// - Throws: `notInstalled`, or `ConfigurationError`.
    package func workerSettings() async throws -> WorkerSettings {
        try requireInstallation()
        // The installation is what its files say, whatever this process's environment would have workers believe.
        return try await ConfigurationReader.read(
            WorkerSettings.self,
            path: configuration(.worker),
            environment: [:]
        )
    }

    /// - Throws: `notInstalled`.
    package func requireInstallation() throws(SetupError) {
        guard holdsInstallation else {
            throw SetupError(.notInstalled, "there is no installation in \(path): keyferry-setup init makes one")
        }
    }
}
