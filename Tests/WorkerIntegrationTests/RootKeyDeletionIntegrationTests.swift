import AuthorityKeeping
import Cryptography
import HSM
import JobSealing
import KeyModel
import KeyStorage
import OperatorSignatures
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// Root keys on their way out of a real token.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct RootKeyDeletionIntegrationTests {
    /// In seconds: shorter than tickets and signatures are good for.
    private static let wait = 120

    /// A site with two key owners who have keys to sign with.
    private struct Owned {
        let site: TestSite
        let first: TestOperator
        let second: TestOperator

        init(_ token: SoftHSMToken) throws {
            site = try TestSite(token)
            site.worker.processor.rootKeyDeletionWaitSeconds = RootKeyDeletionIntegrationTests.wait
            first = try site.makeOperator("anna", [.keyOwner])
            second = try site.makeOperator("bert", [.keyOwner])
        }

        private var request: SignedRequest {
            get throws {
                let rootKey = try #require(site.authority.rootKeys.first { $0.identifier == AuthorityPlan.rootKey })
                return site.authority.deletionRequest(of: rootKey)
            }
        }

        func signature(_ owner: TestOperator) throws -> SignedStatement {
            try owner.sign(try request, at: site.clock.now / 1_000)
        }

        func send(_ signed: [SignedStatement], by owner: TestOperator? = nil) throws -> JobReply? {
            let request = OperatorJob.Request.rootKey(.delete("test", signed: signed))
            return try site.sendOperators(request, by: (owner ?? second).fingerprint)
        }

        func order() throws -> RootKeyDeletion.Description {
            let reply = try send([try signature(first), try signature(second)])
            guard case .operator(.rootKey(.rootKey(let key)))? = reply, let deletion = key.deletion else {
                throw FixtureError("not ordered: \(String(describing: reply))")
            }
            #expect(key.rootKey.status == .deleting)
            return deletion
        }

        /// As set-up renews it.
        func renewTicketKey() throws {
            let key = try site.hsm.createKey(.ticketKey, label: "keyferry-ticket")
            let publicKey = try site.hsm.publicKey(of: TokenKey(.ticketKey, key))
            let certificate = try site.services.certificate("ticket", for: publicKey)
            try site.changeAuthority { authority in
                authority.ticketKeys = authority.ticketKeys.map {
                    TicketKey(
                        tokenKeyID: $0.tokenKeyID,
                        partition: $0.partition,
                        status: .retired,
                        certificate: $0.certificate,
                        created: $0.created
                    )
                }
                authority.ticketKeys.append(
                    TicketKey(
                        tokenKeyID: key.bytes,
                        partition: site.services.partition,
                        status: .current,
                        certificate: certificate.der,
                        created: AuthorityPlan.start
                    )
                )
            }
        }

        func report() throws -> RootKeyDeletionReport {
            let reply = try site.sendOwners(.deletionReport("test", offset: 0))
            guard case .operator(.rootKey(.deletionReport(let part)))? = reply else {
                throw FixtureError("no report: \(String(describing: reply))")
            }
            #expect(part.totalByteCount == part.bytes.count)
            let certificate = try Certificate(der: part.certificate)
            let signer = try ServiceCertificateExtension(of: certificate)
            #expect(signer?.role == "worker")
            try DetachedSignature(parsing: part.signature).verify(part.bytes, by: certificate)
            return try RootKeyDeletionReport(decoding: part.bytes)
        }
    }

    private func status(_ owned: Owned) -> RootKey.Status? {
        owned.site.authority.rootKeys.first { $0.identifier == AuthorityPlan.rootKey }?.status
    }

    @Test func itTakesTwoOwnersWhoSignedThis() async throws {
        try await SoftHSMModule.withToken { token in
            let owned = try Owned(token)
            let (site, first, second) = (owned.site, owned.first, owned.second)
            let manager = try site.makeOperator("carl", [.kmipManager])
            let twin = try site.makeOperator("bert", [.keyOwner])
            let (one, other) = (try owned.signature(first), try owned.signature(second))
            let generation = site.authority.generation
            let refused: [([SignedStatement], TestOperator, OperationFailure.Code)] = [
                ([], second, .secondKeyOwnerMissing), ([other], second, .secondKeyOwnerMissing),
                ([other, other], second, .secondKeyOwnerMissing), ([one, one], second, .secondKeyOwnerMissing),
                // One person, with two signatures, or with two certificates.
                ([other, try owned.signature(second)], second, .secondKeyOwnerMissing),
                ([other, try owned.signature(twin)], second, .secondKeyOwnerMissing),
                // Who asks is none of the two.
                ([one, other], twin, .secondKeyOwnerMissing),
                ([try owned.signature(manager), other], second, .secondKeyOwnerMissing),
                ([one, other], manager, .operatorNotAuthorized),
                (
                    [
                        one,
                        try second.sign(
                            .deleteRootKey(
                                partition: TestSite.partitionName,
                                rootKey: .init(name: "test", identifier: "another"),
                                currentVersion: 1
                            )
                        ),
                    ], second, .statementNotAccepted
                ),
                (
                    [
                        one,
                        try second.sign(
                            .deleteRootKey(
                                partition: TestSite.partitionName,
                                rootKey: .init(name: "test", identifier: AuthorityPlan.rootKey.text),
                                currentVersion: 2
                            )
                        ),
                    ], second, .statementNotAccepted
                ),
                (
                    [
                        one,
                        try second.sign(
                            site.authority.deletionRequest(of: site.authority.rootKeys[0]),
                            at: site.clock.now / 1_000 - 3_600
                        ),
                    ], second, .statementNotAccepted
                ),
            ]
            for (signed, asking, code) in refused {
                #expect(try owned.send(signed, by: asking)?.failureCode == code)
            }
            #expect(site.authority.generation == generation && status(owned) == .active)
            #expect(
                try site.sendOperators(.rootKey(.delete("none", signed: [one, other])), by: second.fingerprint)?
                    .failureCode == .itemNotFound
            )
            let stale = RecordTag(text: "stale")
            #expect(
                try site.sendOperators(
                    .rootKey(.delete("test", signed: [one, other])),
                    by: second.fingerprint,
                    expecting: stale
                )?.failureCode == .preconditionFailed
            )
            #expect(try site.sendOwners(.restore("test"))?.failureCode == .rootKeyNotBeingDeleted)
            #expect(try site.sendOwners(.deletionReport("test", offset: 0))?.failureCode == .deletionReportMissing)
            #expect(try site.count("statement_nonces") == 0)
        }
    }

    @Test func itIsOutOfUseAtOnceAndRestoredUnharmed() async throws {
        try await SoftHSMModule.withToken { token in
            let owned = try Owned(token)
            let site = owned.site
            let key = try site.create()
            let signatures = [try owned.signature(owned.first), try owned.signature(owned.second)]
            #expect(try owned.send(signatures)?.failureCode == nil)
            #expect(try site.reply([.makeGet(key)])?.failureCode == .instanceNotInService)
            #expect(try owned.send(signatures)?.failureCode == .rootKeyDeletionPending)
            for request in [RootKeyRequest.rotate("test"), .suspend("test"), .resume("test")] {
                #expect(try site.sendOwners(request)?.failureCode == .rootKeyNotActive)
            }
            let pending = try #require(try site.rootKey(.show("test")).deletion)
            #expect(pending.due.secondsSince1970 == site.clock.now / 1_000 + Int64(Self.wait))
            site.clock.advance(byMilliseconds: Int64(Self.wait - 1) * 1_000)
            site.worker.processor.continueDeletions()
            #expect(status(owned) == .deleting)

            #expect(try site.rootKey(.restore("test")).rootKey.status == .suspended)
            #expect(try site.operation(pending.operation).state == .stopped)
            #expect(try site.rootKey(.resume("test")).deletion == nil)
            site.clock.advance(byMilliseconds: 10_000)
            site.worker.processor.continueDeletions()
            #expect(status(owned) == .active)
            // What was signed is used up, though it has not expired.
            #expect(try owned.send(signatures)?.failureCode == .statementNotAccepted)
            let actions = try site.worker.auditEvents().map(\.action).filter { $0.rawValue.hasPrefix("root-key") }
            #expect(actions == [.rootKeyDeleteApprove, .rootKeyDelete, .rootKeyRestore, .rootKeyResume])
            let events = try site.worker.auditEvents().filter { $0.action == .rootKeyDeleteApprove }
            #expect(events.map(\.initiator) == ["Operator-\(owned.first.fingerprint)"])
        }
    }

    @Test func whenTheTimeIsOverNothingUnderItCanBeReadAgain() async throws {
        try await SoftHSMModule.withToken { token in
            let owned = try Owned(token)
            let site = owned.site
            let second = try site.rootKey(.create(name: "second"))
            let lost = Set(try (0..<230).map { try site.create([.custom("x-Name", "vm-\($0)")]) })
            let damaged = try #require(lost.first)
            _ = try site.rotate()
            let moved = try site.create()
            // As a backup has them: material under both versions, and the keys in the token that it takes.
            let versions = site.authority.rootKeyVersions.filter { $0.rootKey == AuthorityPlan.rootKey }
            let wrapped = try site.rows("SELECT wrapped_material, root_key_version FROM managed_objects")
            let ticketKey = site.authority.ticketKeys[0].tokenKeyID
            let deletion = try owned.order()
            try site.tamper(
                "UPDATE managed_objects SET digest = ? WHERE unique_identifier = ?",
                [.blob([1]), .text(damaged.text)]
            )

            site.clock.advance(byMilliseconds: Int64(Self.wait) * 1_000)
            #expect(try site.sendOwners(.restore("test"))?.failureCode == .rootKeyDeleted)
            site.worker.processor.continueDeletions()
            #expect(status(owned) == .deleted)
            #expect(site.authority.instances.allSatisfy { $0.status == .inactive && $0.rootKey == nil })
            // It has claimed it, and died. Another one waits for its turn, and goes on.
            let other = try site.anotherWorker()
            other.processor.continueDeletions()
            for version in versions { #expect(throws: Never.self) { try self.unwrap(version, site) } }
            site.clock.advance(byMilliseconds: PassDecision.lease * 1_000)
            for _ in 0..<4 { other.processor.continueDeletions() }
            for version in versions {
                let error = #expect(throws: HSMError.self) { try self.unwrap(version, site) }
                #expect(error?.code == .keyMissing)
            }
            let waiting = try #require(try site.rootKey(.show("test")).deletion)
            #expect(waiting.isWaitingForTicketKey)
            #expect(try site.operation(deletion.operation).state == .running)
            #expect(try site.sendOwners(.deletionReport("test", offset: 0))?.failureCode == .deletionReportMissing)
            try owned.renewTicketKey()
            other.processor.continueDeletions()

            let end = try site.operation(deletion.operation)
            #expect(end.state == .done && end.done == 230 && end.failed == 1)
            #expect(try site.rootKey(.show("test")).deletion == nil)
            let report = try owned.report()
            #expect(Set(report.keys.map(\.identifier)) == Set((lost.union([moved])).map(\.text)))
            #expect(report.keys.allSatisfy { $0.instance == "kmip-one" })
            #expect(report.keys.compactMap(\.name).count == 229)
            #expect(report.orderedBy.map(\.name) == ["bert", "anna"])
            #expect(report.versions.map(\.version) == [1, 2] && report.tokenSerials == [site.hsm.serial])
            #expect(report.ticketKeys == [Hexadecimal.encode(ticketKey)] && !report.outside.isEmpty)
            let identifier = try #require(TokenKeyIdentifier(ticketKey))
            #expect(throws: HSMError(.keyMissing)) { try site.hsm.check([TokenKey(.ticketKey, identifier)]) }

            // Every blob of the backup, under the identifier that it names: the token has nothing to open it with.
            #expect(wrapped.count == 231)
            for row in wrapped {
                guard case .blob(let blob) = row[0], case .integer(let number) = row[1] else { continue }
                let version = try #require(versions.first { $0.version == number })
                let root = try #require(TokenKeyIdentifier(version.tokenKeyID))
                #expect(throws: HSMError(.keyMissing)) {
                    try site.hsm.rewrap(
                        blob,
                        from: .rootKeyVersion(root),
                        to: .rootKeyVersion(self.current(of: second.rootKey, site)),
                        .aes(byteCount: 32)
                    )
                }
            }
            // No other root key under which it would open, either.
            let live = try self.current(of: second.rootKey, site)
            if case .blob(let blob)? = wrapped.first?.first {
                #expect(throws: HSMError(.wrappedKeyRejected)) {
                    try site.hsm.rewrap(
                        blob,
                        from: .rootKeyVersion(live),
                        to: .rootKeyVersion(live),
                        .aes(byteCount: 32)
                    )
                }
            }
            #expect(try site.rootKey(.show("second")).rootKey.status == .active)
            #expect(try owned.send([])?.failureCode == .rootKeyDeleted)
            try site.hsm.check(site.authority.tokenKeys())
        }
    }

    private func unwrap(_ version: RootKeyVersion, _ site: TestSite) throws {
        try site.hsm.unwrapCanary(version.canary, under: try #require(TokenKeyIdentifier(version.tokenKeyID)))
    }

    private func current(of rootKey: RootKey, _ site: TestSite) throws -> TokenKeyIdentifier {
        let version = try #require(site.authority.currentVersion(of: rootKey.identifier))
        return try #require(TokenKeyIdentifier(version.tokenKeyID))
    }

    /// Killed after the token's objects were destroyed, and before that was written down.
    @Test func aWorkerThatDiesInBetweenIsFollowedByAnother() async throws {
        try await SoftHSMModule.withToken { token in
            let owned = try Owned(token)
            let site = owned.site
            _ = try site.create()
            _ = try owned.order()
            try owned.renewTicketKey()
            site.clock.advance(byMilliseconds: Int64(Self.wait) * 1_000)
            site.worker.processor.continueDeletions()
            let version = try #require(site.authority.rootKeyVersions.first { $0.rootKey == AuthorityPlan.rootKey })
            try site.hsm.destroyRootKeyVersion(try .required(version.tokenKeyID), label: "none")
            site.clock.advance(byMilliseconds: PassDecision.lease * 1_000)
            // It starts: nothing is missing that it looks for.
            let other = try site.anotherWorker()
            try site.hsm.check(other.processor.keeper.authority.tokenKeys())
            other.processor.continueDeletions()
            #expect(try owned.report().keys.count == 1)
            #expect(
                try site.worker.processor.store.read { try $0.runningOperations(in: site.services.partition) }.isEmpty
            )
        }
    }
}
