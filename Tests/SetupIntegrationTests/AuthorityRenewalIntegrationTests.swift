import Cryptography
import Foundation
import JobSealing
import KeyModel
import TestServices
import Testing

@testable import Setup

/// The two CAs of an installation, in their last year.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet), .serialized)
struct AuthorityRenewalIntegrationTests {
    private static let day: Int64 = 86_400
    /// A CA is good for 3650 days.
    private static let later = 3_500 * day

    @Test func whatIsIssuedByARenewedCAIsValidForItsWholeTime() async throws {
        try await InstallationFixture.with { fixture in
            let files = fixture.home.credential(.servicesAuthority)
            let old = try files.certificate()
            let keyFile = try Data(contentsOf: URL(fileURLWithPath: files.keyFile))
            _ = try await fixture.renew([.worker], after: Self.later)
            #expect(try fixture.home.credential(.workerIdentity).certificate().notAfter == old.notAfter)

            // In whatever order they are asked for.
            let targets: [RenewalTarget] = [.firstOperator, .operatorsAuthority, .worker, .servicesAuthority]
            let outcomes = try await fixture.renew(targets, after: Self.later)
            #expect(outcomes.map(\.target) == [.servicesAuthority, .worker, .operatorsAuthority, .firstOperator])
            #expect(outcomes.allSatisfy { $0.isRenewed })
            #expect(outcomes.first?.lines.joined().contains("serverAuthorityFile") == true)
            let now = fixture.now + Self.later
            for name in [CredentialName.workerIdentity, .firstOperator] {
                #expect(try fixture.home.credential(name).certificate().notAfter == now + 365 * Self.day)
            }
            for name in [CredentialName.servicesAuthority, .operatorsAuthority] {
                let certificate = try fixture.home.credential(name).certificate()
                #expect(certificate.notAfter == now + 3_650 * Self.day)
                // What was signed in the past is verified as of then.
                #expect(certificate.notBefore == old.notBefore)
            }
            let new = try files.certificate()
            #expect(new.subject == old.subject && new.publicKey == old.publicKey)
            #expect(new.serialNumber != old.serialNumber)
            #expect(try Data(contentsOf: URL(fileURLWithPath: files.keyFile)) == keyFile)
            let attributes = try FileManager.default.attributesOfItem(atPath: files.certificateFile)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    /// By processes that were started again and by those that were not, whichever of them it comes from.
    @Test func identitiesAreBelievedAcrossTheRenewal() async throws {
        try await InstallationFixture.with { fixture in
            let partition = try #require(PartitionName("main"))
            let services = fixture.home.credential(.servicesAuthority)
            let gateway = try fixture.home.credential(.gatewayIdentity).certificate()
            let oldTrust = try ServiceTrust(authority: services.certificate(), partition: partition)
            _ = try await fixture.renew([.servicesAuthority, .worker], after: Self.later)
            let newTrust = try ServiceTrust(authority: services.certificate(), partition: partition)
            let worker = try fixture.home.credential(.workerIdentity).certificate()
            for trust in [oldTrust, newTrust] {
                #expect(try trust.identity(of: gateway, now: fixture.now * 1_000).role == .gateway)
                #expect(try trust.identity(of: worker, now: (fixture.now + Self.later) * 1_000).role == .worker)
            }
            // When the old certificate has ended.
            let end = (fixture.now + 3_651 * Self.day) * 1_000
            #expect(try newTrust.identity(of: worker, now: end).role == .worker)
            #expect(throws: SealingError.self) { try oldTrust.identity(of: worker, now: end) }
            let opened = try await fixture.open()
            defer { opened.close() }
            try opened.check()
        }
    }

    @Test func operatorsAreBelievedAcrossTheRenewal() async throws {
        try await InstallationFixture.with { fixture in
            let operators = fixture.home.credential(.operatorsAuthority)
            let first = fixture.home.credential(.firstOperator)
            let old = (authority: try operators.certificate(), leaf: try first.certificate())
            _ = try await fixture.renew([.operatorsAuthority, .firstOperator], after: Self.later)
            let new = (authority: try operators.certificate(), leaf: try first.certificate())
            #expect(old.authority != new.authority && old.leaf != new.leaf)
            for authority in [old.authority, new.authority] {
                let trust = try CertificateAuthorityTrust(authority: authority)
                try trust.verify(old.leaf, at: fixture.now)
                try trust.verify(new.leaf, at: fixture.now + Self.later)
            }
        }
    }

    /// Neither what it has issued nor what it issues now would be good for anything: the site says so and what to do.
    @Test func aCAThatHasExpiredIsRenewedFirst() async throws {
        try await InstallationFixture.with { fixture in
            let afterwards = 3_651 * Self.day
            do {
                _ = try await fixture.renew([.worker], after: afterwards)
                Issue.record("a certificate was issued")
            } catch let error as SetupError {
                #expect(error.code == .installationDamaged)
                #expect(error.description.hasSuffix("renew --home \(fixture.home.path) services-authority"), "\(error)")
            }
            let outcomes = try await fixture.renew([.worker, .servicesAuthority], after: afterwards)
            #expect(outcomes.map(\.isRenewed) == [true, true])
        }
    }

    /// With its name changed nothing that it has issued would be believed any more.
    @Test func aCAOfAnotherNameIsLeftAsItIs() async throws {
        try await InstallationFixture.with { fixture in
            let files = fixture.home.credential(.servicesAuthority)
            for path in [files.certificateFile, files.keyFile] { try FileManager.default.removeItem(atPath: path) }
            let key = try PrivateKey.generate(.p256)
            let other = try CertificateAuthority.create(
                commonName: "another CA",
                validity: .days(100, from: fixture.now),
                key: key
            )
            try files.write(other.certificate, key)
            await #expect(throws: SetupError(.installationDamaged, "")) {
                _ = try await fixture.renew([.servicesAuthority])
            }
            #expect(try files.certificate() == other.certificate)
        }
    }

    @Test func whatExpiresSoonIsMentionedWithTheCommandThatRenewsIt() async throws {
        try await InstallationFixture.with { fixture in
            let home = fixture.home
            #expect(try home.expiryNotices(now: fixture.now) == [])
            let soon = try home.expiryNotices(now: fixture.now + 340 * Self.day)
            #expect(soon.contains { $0.hasSuffix("keyferry-setup renew --home \(home.path) worker") })
            #expect(!soon.contains { $0.contains("-authority") })

            // A CA is mentioned more than a year before, while what it issues is still good for a year.
            let early = 3_260 * Self.day
            let notices = try home.expiryNotices(now: fixture.now + early).filter { $0.contains("-authority") }
            #expect(notices.count == 2)
            for name in ["services", "operators"] {
                let end = "expires in 390 days: keyferry-setup renew --home \(home.path) \(name)-authority"
                #expect(notices.contains { $0.hasPrefix("authorities/\(name).pem") && $0.hasSuffix(end) }, "\(notices)")
            }
            _ = try await fixture.renew(RenewalTarget.allCases, after: early)
            #expect(try home.expiryNotices(now: fixture.now + early) == [])
        }
    }
}
