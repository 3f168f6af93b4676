import AuthorityKeeping
import Cryptography
import Foundation
import HSM
import JobSealing
import KeyModel
import KeyStorage
import TestServices
import Testing

@testable import Setup

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet), .serialized)
struct RenewalIntegrationTests {
    private static let day: Int64 = 86_400

    @Test func everyCertificateIsRenewedAndKnown() async throws {
        try await InstallationFixture.with { fixture in
            let names = RenewalTarget.allCases.compactMap(\.credential)
            let old = try names.map { try fixture.home.credential($0).certificate() }
            let later = 100 * Self.day
            let outcomes = try await fixture.renew(RenewalTarget.allCases, after: later)
            #expect(outcomes.map(\.target) == RenewalTarget.allCases)
            #expect(outcomes.allSatisfy { $0.isRenewed })

            let opened = try await fixture.open()
            defer { opened.close() }
            try opened.check()
            #expect(try opened.hsm.readAnchor().generation == opened.authority.anchoredGeneration)
            let time = Timestamp(secondsSince1970: fixture.now + later)
            for (name, old) in zip(names, old) {
                let files = fixture.home.credential(name)
                let new = try files.certificate()
                #expect(new.fingerprintSHA256 != old.fingerprintSHA256)
                #expect(new.notAfter >= old.notAfter + later)
                #expect(try files.key().publicKey == new.publicKey)
                let keepsKey = [.gatewayServer, .servicesAuthority, .operatorsAuthority].contains(name)
                #expect((new.publicKey == old.publicKey) == keepsKey, "\(name)")
                #expect(new.subjectAlternativeNames == old.subjectAlternativeNames)
            }
            // Who runs with the certificate before goes on until it expires.
            for (index, name) in names.enumerated() {
                let both = try [
                    old[index].fingerprint(), try fixture.home.credential(name).certificate().fingerprint(),
                ]
                switch name {
                case .gatewayIdentity, .workerIdentity, .adminIdentity:
                    #expect(both.allSatisfy { opened.authority.service($0, at: time) != nil })
                case .firstOperator:
                    #expect(both.allSatisfy { opened.authority.operator($0, at: time)?.roles.count == 4 })
                case .selfTestClient:
                    #expect(opened.authority.certificates.map(\.fingerprint) == [both[1]])
                default:
                    #expect(!opened.authority.lists(old[index]))
                }
            }
        }
    }

    @Test func revokingTakesTheAuthorityAtOnce() async throws {
        try await InstallationFixture.with { fixture in
            let old = try fixture.home.credential(.gatewayIdentity).certificate().fingerprint()
            let oldOperator = try fixture.home.credential(.firstOperator).certificate().fingerprint()
            _ = try await fixture.renew([.gateway, .firstOperator]) { $0.revokesReplaced = true }
            let opened = try await fixture.open()
            defer { opened.close() }
            let now = Timestamp(secondsSince1970: fixture.now)
            #expect(opened.authority.service(old, at: now) == nil)
            #expect(opened.authority.operator(oldOperator, at: now) == nil)
            #expect(opened.authority.services.filter { $0.status == .inForce }.count == 3)
            let actions = try opened.store.read { store in
                try store.auditChains().flatMap { chain in
                    try store.auditRecords(behind: AuditChain(startingAs: chain), limit: 10).records
                }
            }.map(\.event.action)
            #expect(actions.filter { $0 == .credentialRenew }.count == 2)
        }
    }

    /// A second gateway has an identity of its own, which nobody replaces here.
    @Test func revokingLeavesOthersOfTheRoleInForce() async throws {
        try await InstallationFixture.with { fixture in
            let first = try fixture.home.credential(.gatewayIdentity).certificate().fingerprint()
            let services = try CertificateAuthority.load(fixture.home.credential(.servicesAuthority))
            let partition = try #require(PartitionName("main"))
            let key = try PrivateKey.generate(.p256)
            let certificate = try services.issueIdentity(
                .gateway,
                partition: partition,
                to: key.publicKey,
                now: fixture.now
            )
            let second = try certificate.serviceIdentity(.gateway, name: "gateway-2")
            let before = try await fixture.open()
            try before.change(.identityAdd) { $0.services.append(second) }
            before.close()

            _ = try await fixture.renew([.gateway]) { $0.revokesReplaced = true }
            let opened = try await fixture.open()
            defer { opened.close() }
            let now = Timestamp(secondsSince1970: fixture.now)
            let renewed = try fixture.home.credential(.gatewayIdentity).certificate().fingerprint()
            #expect(opened.authority.service(first, at: now) == nil)
            #expect(opened.authority.service(second.fingerprint, at: now) == second)
            #expect(opened.authority.service(renewed, at: now)?.name == "gateway")
        }
    }

    @Test func onlyWhatExpiresSoonIsRenewed() async throws {
        try await InstallationFixture.with { fixture in
            let before = try fixture.files()
            let early = try await fixture.renew(RenewalTarget.allCases, after: Self.day) { $0.withinDays = 30 }
            #expect(!early.contains { $0.isRenewed })
            let after = try fixture.files()
            for name in before.keys where name.hasSuffix(".pem") || name.hasSuffix(".key") {
                #expect(before[name] == after[name], "\(name)")
            }
            let late = try await fixture.renew([.worker], after: 340 * Self.day) { $0.withinDays = 30 }
            #expect(late.map(\.isRenewed) == [true])
        }
    }

    @Test func theServersKeyChangesOnlyWhenAsked() async throws {
        try await InstallationFixture.with { fixture in
            let old = try fixture.home.credential(.gatewayServer).certificate()
            let outcomes = try await fixture.renew([.gatewayServer]) { request in
                request.makesNewServerKey = true
                request.hosts = ["keys.example.com"]
            }
            let new = try fixture.home.credential(.gatewayServer).certificate()
            #expect(new.publicKey != old.publicKey)
            #expect(new.keyDescription == "RSA-2048")
            #expect(new.subjectAlternativeNames == [.dns("keys.example.com")])
            #expect(outcomes.first?.lines.contains { $0.contains("vCenter pins") } == true)
        }
    }

    @Test func ticketKeysRotateAndTheOldestAreDestroyed() async throws {
        try await InstallationFixture.with { fixture in
            _ = try await fixture.renew([.ticket], after: Self.day)
            let between = try await fixture.open()
            #expect(
                between.authority.ticketKeys.map(\.status).sorted { $0.rawValue < $1.rawValue } == [.current, .retired]
            )
            let oldest = try #require(between.authority.ticketKeys.first { $0.status == .retired })
            try between.check()
            between.close()

            _ = try await fixture.renew([.ticket], after: 2 * Self.day)
            let opened = try await fixture.open()
            defer { opened.close() }
            try opened.check()
            #expect(opened.authority.ticketKeys.count == 2)
            #expect(opened.authority.ticketKeys.filter { $0.status == .current }.count == 1)
            #expect(!opened.authority.ticketKeys.contains { $0.tokenKeyID == oldest.tokenKeyID })
            let key = TokenKey(.ticketKey, try .required(oldest.tokenKeyID))
            #expect(throws: HSMError(.keyMissing)) { try opened.hsm.check([key]) }
        }
    }

    /// A crash before the store knew of the new certificate, one after, and one between the two renames.
    @Test func aRenewalThatWasInterruptedIsFinishedOrUndone() async throws {
        try await InstallationFixture.with { fixture in
            let files = fixture.home.credential(.workerIdentity)
            let services = try CertificateAuthority.load(fixture.home.credential(.servicesAuthority))
            let partition = try #require(PartitionName("main"))
            func stage() throws -> Certificate {
                let key = try PrivateKey.generate(.p256)
                let next = try services.issueIdentity(
                    .worker,
                    partition: partition,
                    to: key.publicKey,
                    now: fixture.now
                )
                try files.stage(next, key)
                return next
            }
            let first = try files.certificate()
            _ = try stage()
            try files.finishInterrupted { _ in false }
            #expect(try files.certificate() == first)

            let second = try stage()
            try files.finishInterrupted { $0 == second }
            #expect(try files.certificate() == second)
            #expect(try files.key().publicKey == second.publicKey)

            let third = try stage()
            try FileManager.default.removeItem(atPath: files.keyFile)
            try FileManager.default.moveItem(atPath: files.keyFile + ".next", toPath: files.keyFile)
            try files.finishInterrupted { _ in false }
            #expect(try files.certificate() == third)
            #expect(try files.key().publicKey == third.publicKey)
            let left = try FileManager.default.contentsOfDirectory(atPath: fixture.home.file("identities"))
            #expect(!left.contains { $0.hasSuffix(".next") })
        }
    }

    @Test func anOlderDatabaseIsRefused() async throws {
        try await InstallationFixture.with { fixture in
            let database = URL(fileURLWithPath: fixture.home.databaseFile)
            let old = try Data(contentsOf: database)
            _ = try await fixture.renew([.gateway]) { $0.revokesReplaced = true }
            for suffix in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: fixture.home.databaseFile + suffix)
            }
            try old.write(to: database)
            await #expect(throws: AuthorityError.olderThanAnchor(store: 1, token: 2)) { _ = try await fixture.open() }
        }
    }
}
