import AuthorityKeeping
import Cryptography
import JobSealing
import KeyModel
import KeyStorage
import OperatorSignatures
import PKCS11
import PipelineFixtures
import TestServices
import Testing

@testable import HSM
@testable import Worker

/// Root keys that their owners bring, into a real token.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct RootKeyImportIntegrationTests {
    private static let bytes = (1...32).map { UInt8($0) }

    private func withSite(_ body: (TestSite, TestOperator, PublicKey) throws -> Void) async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let owner = try site.makeOperator("owner", [.keyOwner])
            try body(site, owner, try site.makeImportKey())
        }
    }

    @Test func anOwnersKeyIsARootKeyLikeOthers() async throws {
        try await withSite { site, owner, importKey in
            let wrapped = try importKey.wrap(Self.bytes)
            let reply = try site.sendOperators(
                .rootKey(.importKey(name: "own", wrapped: wrapped, signed: try site.signImport("own", wrapped, owner))),
                by: owner.fingerprint
            )
            guard case .operator(.rootKey(.rootKey(let made)))? = reply else {
                Issue.record("not imported: \(String(describing: reply))")
                return
            }
            #expect(made.rootKey.name == "own" && made.rootKey.status == .active)
            #expect(made.versions.map(\.status) == [.current])
            #expect(site.worker.processor.notices == [.rootKey(made.rootKey.identifier)])
            let event = try #require(try site.worker.auditEvents().last)
            #expect(event.action == .rootKeyImport && event.object?.text == made.rootKey.identifier.text)
            #expect(event.initiator == "Operator-\(owner.fingerprint)")
            try site.hsm.check(site.authority.tokenKeys())
            #expect(try site.worker.processor.examine(workerName: "w").health == .healthy)
            // What the token wraps under it opens outside with the owner's bytes.
            let version = try #require(site.authority.currentVersion(of: made.rootKey.identifier))
            let canary = try AESKeyWrapPadded.unwrap(version.canary, under: try SecretBytes.made(of: Self.bytes))
            #expect(canary.count == 32)
        }
    }

    @Test func aRotationToAnOwnersVersionAndBackToTheTokens() async throws {
        try await withSite { site, owner, importKey in
            let key = try site.create()
            let bytes = try site.get(key)
            let wrapped = try importKey.wrap(Self.bytes)
            func rotate() throws -> JobReply? {
                let signed = try owner.sign(
                    .importRootKeyVersion(
                        partition: TestSite.partitionName,
                        rootKey: .init(name: "test", identifier: AuthorityPlan.rootKey.text),
                        wrappedKey: Hexadecimal.encode(SHA256.hash(wrapped))
                    )
                )
                return try site.sendOperators(
                    .rootKey(.importVersion("test", wrapped: wrapped, signed: signed)),
                    by: owner.fingerprint
                )
            }
            guard case .operator(.rootKey(.rotation(let operation)))? = try rotate() else {
                Issue.record("no rotation")
                return
            }
            #expect(operation.targetVersion == 2 && operation.total == 1)
            #expect(try site.worker.auditEvents().last?.action == .rootKeyImportVersion)
            #expect(try rotate()?.failureCode == .rotationRunning)
            try site.runRotation()
            #expect(try site.operation(operation.identifier).state == .done)
            #expect(try site.get(key) == bytes)
            guard case .blob(let stored)? = try site.rows("SELECT wrapped_material FROM managed_objects").first?.first
            else {
                Issue.record("no material")
                return
            }
            let opened = try AESKeyWrapPadded.unwrap(stored, under: try SecretBytes.made(of: Self.bytes))
            #expect(opened.withUnsafeBytes { Array($0) } == bytes)
            let last = try site.rotate()
            try site.runRotation()
            #expect(try site.operation(last.identifier).state == .done)
            #expect(try site.get(key) == bytes)
            #expect(try site.rootKey(.show("test")).versions.map(\.status) == [.retired, .retired, .current])
        }
    }

    @Test func whatIsRefusedLeavesNothing() async throws {
        try await withSite { site, owner, importKey in
            let before = try site.hsm.tokenObjectCount()
            let generation = site.authority.generation
            let good = try importKey.wrap(Self.bytes)
            let other = try site.hsm.publicKey(
                of: TokenKey(.rootKeyImportKey, try site.hsm.createKey(.rootKeyImportKey, label: "other"))
            )
            let cases: [(String, [UInt8], OperationFailure.Code)] = [
                ("of 16 bytes", try importKey.wrap(Array(Self.bytes.prefix(16))), .rootKeyLengthNotAccepted),
                ("of 33 bytes", try importKey.wrap(Self.bytes + [1]), .rootKeyLengthNotAccepted),
                ("for another key", try other.wrap(Self.bytes), .wrappedKeyNotAccepted),
                ("garbage", [UInt8](repeating: 7, count: good.count), .wrappedKeyNotAccepted),
                ("nothing", [], .wrappedKeyNotAccepted),
            ]
            for (what, wrapped, code) in cases {
                let signed = try site.signImport("own", wrapped, owner)
                let request = RootKeyRequest.importKey(name: "own", wrapped: wrapped, signed: signed)
                let reply = try site.sendOperators(.rootKey(request), by: owner.fingerprint)
                #expect(reply?.failureCode == code, "\(what)")
            }
            let taken = try site.signImport("test", good, owner)
            let request = RootKeyRequest.importKey(name: "test", wrapped: good, signed: taken)
            #expect(
                try site.sendOperators(.rootKey(request), by: owner.fingerprint)?.failureCode == .alreadyExists
            )
            // The other pair's two halves.
            #expect(try site.hsm.tokenObjectCount() == before + 2)
            #expect(site.authority.generation == generation)
            #expect(try site.count("statement_nonces") == 0)
        }
    }

    /// What an admin front could try that is dishonest.
    @Test func onlyWhatTheOwnerSignedIsImportedAndOnce() async throws {
        try await withSite { site, owner, importKey in
            let before = try site.hsm.tokenObjectCount()
            let second = try site.makeOperator("owner-2", [.keyOwner])
            let wrapped = try importKey.wrap(Self.bytes)
            let theirs = try importKey.wrap([UInt8](repeating: 0, count: 32))
            let good = try site.signImport("own", wrapped, owner)
            let cases: [(String, RootKeyRequest, CertificateFingerprint)] = [
                ("another key", .importKey(name: "own", wrapped: theirs, signed: good), owner.fingerprint),
                ("another name", .importKey(name: "x", wrapped: wrapped, signed: good), owner.fingerprint),
                ("another owner", .importKey(name: "own", wrapped: wrapped, signed: good), second.fingerprint),
                ("for a rotation", .importVersion("test", wrapped: wrapped, signed: good), owner.fingerprint),
            ]
            for (what, request, requester) in cases {
                let reply = try site.sendOperators(.rootKey(request), by: requester)
                #expect(reply?.failureCode == .statementNotAccepted, "\(what)")
            }
            let request = OperatorJob.Request.rootKey(.importKey(name: "own", wrapped: wrapped, signed: good))
            #expect(try site.sendOperators(request, by: site.manager)?.failureCode == .operatorNotAuthorized)
            #expect(try site.hsm.tokenObjectCount() == before)
            let job = try site.sealOperators(request, by: owner.fingerprint)
            let reply = try site.worker.deliver(job)
            #expect(reply != nil && reply?.failureCode == nil)
            #expect(try site.worker.deliver(job, isRedelivered: true) == reply)
            // The same statement for another job: the name is taken, and if it were not, the statement is used.
            #expect(try site.sendOperators(request, by: owner.fingerprint)?.failureCode == .alreadyExists)
            try site.changeAuthority { $0.rootKeys.removeAll { $0.name == "own" } }
            #expect(try site.sendOperators(request, by: owner.fingerprint)?.failureCode == .statementNotAccepted)
            #expect(try site.hsm.tokenObjectCount() == before + 1)
        }
    }

    @Test func theImportKeyIsSignedByTheWorker() async throws {
        try await withSite { site, _, importKey in
            let reply = try site.sendOperators(.rootKey(.importToken), by: site.viewer)
            guard case .operator(.rootKey(.importToken(let signed)))? = reply else {
                Issue.record("no token but \(String(describing: reply))")
                return
            }
            let statement = try ImportKeyStatement(
                verifying: signed.statement,
                signature: signed.signature,
                certificate: try Certificate(der: signed.certificate),
                authority: site.services.authorityCertificate,
                at: site.clock.now / 1_000
            )
            #expect(statement.partition == TestSite.partitionName && statement.tokenSerial == site.hsm.serial)
            #expect(try PublicKey(pem: statement.publicKeyPEM) == importKey)
        }
    }

    @Test func withoutAnImportKeyNothingIsImported() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let owner = try site.makeOperator("owner", [.keyOwner])
            let signed = try site.signImport("own", [1], owner)
            for request in [RootKeyRequest.importToken, .importKey(name: "own", wrapped: [1], signed: signed)] {
                let reply = try site.sendOperators(.rootKey(request), by: owner.fingerprint)
                #expect(reply?.failureCode == .rootKeyImportUnavailable, "\(request)")
            }
        }
    }
}

extension TestSite {
    /// What set-up makes, and `worker.yaml` names.
    ///
    /// - Returns: the public half.
    func makeImportKey() throws -> PublicKey {
        let key = TokenKey(.rootKeyImportKey, try hsm.createKey(.rootKeyImportKey, label: "keyferry-root-key-import"))
        worker.processor.rootKeyImportKey = key
        return try hsm.publicKey(of: key)
    }

    func signImport(_ name: String, _ wrapped: [UInt8], _ owner: TestOperator) throws -> SignedStatement {
        try owner.sign(
            .importRootKey(
                partition: Self.partitionName,
                name: name,
                wrappedKey: Hexadecimal.encode(SHA256.hash(wrapped))
            )
        )
    }
}

extension HSMSession {
    fileprivate func tokenObjectCount() throws -> Int {
        let template = Template([PKCS11.Attribute(.token, true)])
        return try perform { token throws(PKCS11Error) in try token.session.findObjects(template).count }
    }
}

extension PublicKey {
    /// As `openssl pkeyutl -encrypt` does it.
    fileprivate func wrap(_ bytes: [UInt8]) throws -> [UInt8] {
        try encryptOAEPSHA1(try SecretBytes.made(of: bytes))
    }
}
