import AuthorityKeeping
import Cryptography
import Foundation
import HSM
import JobSealing
import KeyModel
import KeyStorage
import ServiceBootstrap
import TestServices
import Testing

@testable import Setup

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet), .serialized)
struct InstallationIntegrationTests {
    @Test func aWorkerCanOpenWhatWasMade() async throws {
        try await InstallationFixture.with { fixture in
            let opened = try await fixture.open()
            defer { opened.close() }
            try opened.check()
            let authority = opened.authority
            let instance = try #require(authority.instances.first)
            #expect(authority.generation == 1)
            #expect(try opened.hsm.readAnchor().generation == 1)
            #expect(instance.name.wholeMatch(of: /kmip-[a-z]{2}/) != nil)
            let rootKey = try authority.rootKeyInService(for: instance)
            #expect(authority.currentVersion(of: rootKey.identifier)?.version == 1)
            #expect(authority.operators.map(\.roles) == [Set(Operator.Role.allCases)])
            #expect(authority.certificates.map(\.name) == ["keyferry-selftest"])
            #expect(Set(authority.services.map(\.role)) == [.gateway, .worker, .admin])
            let chain = try #require(try opened.store.read { try $0.auditChains() }.first)
            let records = try opened.store.read {
                try $0.auditRecords(behind: AuditChain(startingAs: chain), limit: 10).records
            }
            #expect(records.map(\.event.action) == [.installation])
        }
    }

    @Test func everyServiceIsTrustedAndListed() async throws {
        try await InstallationFixture.with { fixture in
            let opened = try await fixture.open()
            defer { opened.close() }
            let services = try fixture.home.credential(.servicesAuthority).certificate()
            let partition = try #require(PartitionName("main"))
            let trust = try ServiceTrust(authority: services, partition: partition)
            let names: [(CredentialName, ServiceRole)] = [
                (.gatewayIdentity, .gateway), (.workerIdentity, .worker), (.adminIdentity, .admin),
            ]
            for (name, role) in names {
                let files = fixture.home.credential(name)
                let credential = try ServiceCredential(
                    key: try files.key(),
                    certificate: try files.certificate(),
                    trust: trust,
                    role: role,
                    now: fixture.now * 1_000
                )
                let now = Timestamp(secondsSince1970: fixture.now)
                #expect(opened.authority.service(credential.fingerprint, at: now)?.role == role)
            }
            let ticketKey = try #require(opened.authority.ticketKeys.first)
            let ticket = try Certificate(der: ticketKey.certificate)
            #expect(try trust.identity(of: ticket, now: fixture.now * 1_000).role == .ticket)
            let key = TokenKey(.ticketKey, try .required(ticketKey.tokenKeyID))
            #expect(try opened.hsm.publicKey(of: key) == ticket.publicKey)
            // Servers and the self-test's client have certificates of this installation, and no role by them.
            for name in [CredentialName.adminServer, .gatewayServer, .selfTestClient, .firstOperator] {
                let certificate = try fixture.home.credential(name).certificate()
                #expect(throws: SealingError.self) { try trust.identity(of: certificate, now: fixture.now * 1_000) }
            }
        }
    }

    @Test func configurationFilesAgreeWithWhatIsThere() async throws {
        try await InstallationFixture.with { fixture in
            let home = fixture.home
            let worker = try await home.workerSettings()
            #expect(worker.hsm.pinFile == home.pinFile)
            #expect(worker.store.sqliteFile == home.databaseFile)
            #expect(worker.hsm.checkpointKey?.count == 16)
            #expect(worker.hsm.rootKeyImportKey?.count == 16)
            let gateway = try await ConfigurationReader.read(
                GatewaySettings.self,
                path: home.configuration(.gateway),
                environment: [:]
            )
            let admin = try await ConfigurationReader.read(
                AdminSettings.self,
                path: home.configuration(.admin),
                environment: [:]
            )
            let commandLine = try await ConfigurationReader.read(
                OperatorSettings.self,
                path: home.configuration(.commandLine),
                environment: [:]
            )
            #expect(gateway.listen.port == 5696)
            #expect(gateway.broker.addresses == [NetworkAddress(host: "127.0.0.1", port: 5673)])
            let paths = [
                gateway.tls.certificateFile, gateway.tls.keyFile, gateway.identity.certificateFile,
                gateway.identity.keyFile, gateway.identity.servicesAuthorityFile, admin.operatorsAuthorityFile,
                admin.tls.certificateFile, admin.tls.keyFile, admin.identity.certificateFile, admin.identity.keyFile,
                worker.identity.certificateFile, worker.identity.keyFile, commandLine.serverAuthorityFile,
                commandLine.certificateFile, commandLine.keyFile,
            ]
            for path in paths { #expect(FileManager.default.isReadableFile(atPath: path), "\(path)") }
            // The command line trusts the admin front, and the admin front the operator.
            let front = try home.credential(.adminServer).certificate()
            #expect(front.matches(host: "localhost") && front.matches(host: "127.0.0.1"))
            let services = try home.credential(.servicesAuthority).certificate()
            try CertificateAuthorityTrust(authority: services).verify(front, at: fixture.now)
            let operators = try home.credential(.operatorsAuthority).certificate()
            try CertificateAuthorityTrust(authority: operators)
                .verify(try home.credential(.firstOperator).certificate(), at: fixture.now)
        }
    }

    @Test func aStateOfItsOwnIsOpenedAndRenewedAlike() async throws {
        try await InstallationFixture.with(isMade: false) { fixture in
            let options = try InstallationOptions(
                home: fixture.home.path,
                state: fixture.temporary.file("state")
            )
            let state = options.home.state
            _ = try await InstallationMaker(options, logger: InstallationFixture.logger, now: fixture.now).make()
            let worker = try await fixture.home.workerSettings()
            #expect(worker.hsm.pinFile == fixture.home.pinFile)
            #expect(worker.hsm.guardFolder == state + "/token")
            #expect(worker.hsm.softHSMConfigurationFile == state + "/token/softhsm2.conf")
            #expect(worker.store.sqliteFile == state + "/store/keyferry.sqlite")
            #expect(!FileManager.default.fileExists(atPath: fixture.home.path + "/store"))
            #expect(!FileManager.default.fileExists(atPath: state + "/token/pin"))
            #expect(try await fixture.renew([.worker, .ticket]).allSatisfy(\.isRenewed))
            let opened = try await fixture.open()
            defer { opened.close() }
            try opened.check()
        }
    }

    @Test func noSecretIsReadableByOthersOrInAnotherFile() async throws {
        try await InstallationFixture.with { fixture in
            let home = fixture.home
            for name in [""] + (try FileManager.default.subpathsOfDirectory(atPath: home.path)) {
                let attributes = try FileManager.default.attributesOfItem(atPath: home.file(name))
                let mode = try #require((attributes[.posixPermissions] as? NSNumber)?.intValue)
                let isFolder = attributes[.type] as? FileAttributeType == .typeDirectory
                #expect(mode & 0o077 == 0, "\(name)")
                #expect(!isFolder || mode == 0o700, "\(name)")
            }
            let files = try fixture.files()
            for secret in ["token/pin", "token/so-pin"] {
                let pin = try #require(files[secret])
                #expect(pin.count >= 24)
                for (name, content) in files where name != secret {
                    #expect(content.range(of: pin) == nil, "\(secret) is in \(name)")
                }
            }
        }
    }

    @Test func aSecondAttemptChangesNothing() async throws {
        try await InstallationFixture.with { fixture in
            let before = try fixture.files()
            await #expect(throws: SetupError(.installationExists, "")) { _ = try await fixture.make() }
            #expect(try fixture.files() == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.temporary.path).contains("home"))
        }
    }

    @Test func whatACrashLeftIsMadeAnew() async throws {
        try await InstallationFixture.with(isMade: false) { fixture in
            do {
                let abandoned = try StagingFolder(for: fixture.home)
                let preparation = TokenPreparation(
                    folder: abandoned.folder,
                    modulePath: SoftHSMToken.modulePath,
                    logger: InstallationFixture.logger
                )
                try preparation.makeToken().close()
            }
            await #expect(throws: SetupError(.notInstalled, "")) { _ = try await fixture.open() }
            _ = try await fixture.make()
            let opened = try await fixture.open()
            try opened.check()
            opened.close()
            let left = try FileManager.default.contentsOfDirectory(atPath: fixture.temporary.path)
            #expect(!left.contains { $0.hasSuffix(".unfinished") })
        }
    }

    @Test func aMissingModuleIsSaidAndLeavesNothing() async throws {
        try await InstallationFixture.with(isMade: false) { fixture in
            var options = try InstallationOptions(home: fixture.home.path)
            options.modulePath = fixture.temporary.file("no-module.so")
            let maker = InstallationMaker(options, logger: InstallationFixture.logger, now: fixture.now)
            await #expect(throws: SetupError(.moduleMissing, "")) { _ = try await maker.make() }
            options.modulePath = try fixture.temporary.write("no module", to: "no-module.so")
            let other = InstallationMaker(options, logger: InstallationFixture.logger, now: fixture.now)
            await #expect(throws: HSMError(.moduleNotLoadable)) { _ = try await other.make() }
            let left = try FileManager.default.contentsOfDirectory(atPath: fixture.temporary.path)
            #expect(!left.contains { $0.hasSuffix(".unfinished") || $0 == "home" })
        }
    }

    @Test func p256AndHostsByOption() async throws {
        try await InstallationFixture.with(["keys.example.com", "2001:db8::7"], .p256) { fixture in
            let server = try fixture.home.credential(.gatewayServer).certificate()
            #expect(server.keyDescription == "P-256")
            #expect(server.subjectAlternativeNames == [.dns("keys.example.com"), .address("2001:db8::7")])
            #expect(try fixture.home.credential(.gatewayServer).key().publicKey == server.publicKey)
            let front = try fixture.home.credential(.adminServer).certificate()
            #expect(front.matches(host: "localhost") && front.matches(host: "keys.example.com"))
        }
    }

    @Test func aWrongPINIsRefusedInWords() async throws {
        try await InstallationFixture.with { fixture in
            try Data("not the PIN".utf8).write(to: URL(fileURLWithPath: fixture.home.pinFile))
            do {
                _ = try await fixture.open()
                Issue.record("opened")
            } catch {
                let report = try #require(FailureReport(error))
                #expect(report.exitCode == .credentialRefused)
                #expect(report.line.contains("hsm.pinFile"))
                #expect(!report.line.contains("\n"))
            }
        }
    }
}
