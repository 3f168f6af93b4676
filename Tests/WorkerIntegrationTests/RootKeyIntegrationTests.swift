import AuthorityKeeping
import Cryptography
import HSM
import JobSealing
import KeyModel
import KeyStorage
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// Root keys made, suspended and resumed, with a real token.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct RootKeyIntegrationTests {
    @Test func aRootKeyIsMadeInTheToken() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let made = try site.rootKey(.create(name: "second"))
            #expect(made.rootKey.name == "second" && made.rootKey.status == .active)
            #expect(made.versions.map(\.version) == [1] && made.versions.map(\.status) == [.current])
            #expect(try site.rootKey(.show("second")) == made)
            #expect(try site.rootKey(.show(made.rootKey.identifier.text)) == made)
            let authority = site.worker.processor.keeper.authority
            let version = try #require(authority.currentVersion(of: made.rootKey.identifier))
            let key = try #require(TokenKeyIdentifier(version.tokenKeyID))
            try site.hsm.unwrapCanary(version.canary, under: key)
            try site.hsm.check(authority.tokenKeys())
            #expect(site.worker.processor.notices == [.rootKey(made.rootKey.identifier)])
            let event = try #require(try site.worker.auditEvents().last)
            #expect(event.action == .rootKeyCreate && event.initiator == "Operator-\(site.keyOwner)")
            #expect(event.object?.text == made.rootKey.identifier.text && event.failure == nil)
            for (name, code) in [("second", OperationFailure.Code.alreadyExists), ("a b", .invalidField)] {
                #expect(try site.sendOwners(.create(name: name))?.failureCode == code)
            }
            #expect(site.worker.processor.keeper.authority == authority)
        }
    }

    @Test func aJobThatComesTwiceMakesOneVersion() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            for request in [RootKeyRequest.create(name: "second"), .rotate("test")] {
                let generation = site.worker.processor.keeper.authority.generation
                let job = try site.sealOperators(.rootKey(request), by: site.keyOwner)
                let first = try site.worker.deliver(job)
                #expect(first != nil && first?.failureCode == nil)
                #expect(try site.worker.deliver(job, isRedelivered: true) == first)
                #expect(try site.anotherWorker().deliver(job, isRedelivered: true) == first)
                #expect(site.worker.processor.keeper.authority.generation == generation + 1)
            }
            #expect(site.worker.processor.keeper.authority.rootKeyVersions.count == 3)
        }
    }

    /// Both have made a key in the token by then; the one that was late makes its own anew.
    @Test func ofTwoMadeAtOnceBothAreThere() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let ahead = try site.sealOperators(.rootKey(.create(name: "one")), by: site.keyOwner)
            nonisolated(unsafe) var first: JobReply?
            nonisolated(unsafe) let faster = try site.anotherWorker()
            site.clock.atReading(2) { first = try? faster.deliver(ahead) }
            let second = try site.sendOwners(.create(name: "two"))
            #expect(first != nil && first?.failureCode == nil && second != nil && second?.failureCode == nil)
            let authority = site.worker.processor.keeper.authority
            #expect(Set(authority.rootKeys.map(\.name)) == ["test", "one", "two"])
            try site.hsm.check(authority.tokenKeys())
        }
    }

    @Test func onlyItsOwnerChangesARootKey() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            for request in [RootKeyRequest.create(name: "x"), .rotate("test"), .suspend("test"), .resume("test")] {
                for other in [site.manager, site.viewer, site.one.fingerprint] {
                    let reply = try site.sendOperators(.rootKey(request), by: other)
                    #expect(reply?.failureCode == .operatorNotAuthorized, "\(request)")
                }
            }
            for request in [RootKeyRequest.show("none"), .rotate("none"), .suspend("none"), .resume("none")] {
                #expect(try site.sendOwners(request)?.failureCode == .itemNotFound, "\(request)")
            }
            #expect(try site.sendOperators(.rootKey(.list), by: site.viewer)?.failureCode == nil)
            #expect(try site.sendOperators(.operation(.list), by: site.viewer)?.failureCode == nil)
            #expect(site.worker.processor.keeper.authority.generation == 1)
        }
    }

    @Test func aSuspendedRootKeyIsOfNoUseUntilItIsResumed() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            let bytes = try site.get(key)
            #expect(try site.rootKey(.suspend("test")).rootKey.status == .suspended)
            #expect(site.worker.processor.notices == [.rootKey(AuthorityPlan.rootKey)])
            for operations in [[KeyModel.Operation.makeGet(key)], [.makeCreate()], [.makeLocate([])]] {
                #expect(try site.reply(operations)?.failureCode == .instanceNotInService)
                #expect(try site.anotherWorker().deliver(site.seal(operations))?.failureCode == .instanceNotInService)
            }
            // Whoever would call the worker sick could not reach it to resume the key.
            #expect(try site.worker.processor.examine(workerName: "w").health == .healthy)
            #expect(try site.sendOwners(.rotate("test"))?.failureCode == .rootKeyNotActive)
            #expect(try site.rootKey(.suspend("test")).rootKey.status == .suspended)
            #expect(try site.rootKey(.resume("test")).rootKey.status == .active)
            #expect(try site.get(key) == bytes)
            #expect(try site.worker.processor.examine(workerName: "w").health == .healthy)
            let actions = try site.worker.auditEvents().map(\.action)
            #expect(actions.filter { $0 == .rootKeySuspend }.count == 2 && actions.contains(.rootKeyResume))
        }
    }

    /// A suspended key that is gone harms nobody else; in use again it would make every worker sick.
    @Test func whatDoesNotWorkIsNotResumed() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            let other = try site.rootKey(.create(name: "second"))
            let version = try #require(
                site.worker.processor.keeper.authority.currentVersion(of: other.rootKey.identifier)
            )
            _ = try site.rootKey(.suspend("second"))
            let identifier = try #require(TokenKeyIdentifier(version.tokenKeyID))
            try site.hsm.destroyKey(TokenKey(.rootKeyVersion, identifier))
            #expect(try site.worker.processor.examine(workerName: "w").health == .healthy)
            #expect(try site.sendOwners(.resume("second"))?.failureCode == .hsmUnavailable)
            #expect(try site.rootKey(.show("second")).rootKey.status == .suspended)
            #expect(try site.get(key).count == 32)
            #expect(try site.worker.processor.examine(workerName: "w").health == .healthy)
        }
    }

    /// A worker stands still between its decision and its commit, and the authority changes. 3: see
    /// `ConflictIntegrationTests`.
    @Test func aPausedWorkerServesNothingThatWasSuspended() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            for operation in [KeyModel.Operation.makeGet(key), .makeCreate()] {
                let suspend = try site.sealOperators(.rootKey(.suspend("test")), by: site.keyOwner)
                nonisolated(unsafe) let faster = try site.anotherWorker()
                site.clock.atReading(3) { _ = try? faster.deliver(suspend) }
                #expect(try site.reply([operation])?.failureCode == .instanceNotInService)
                _ = try site.rootKey(.resume("test"))
            }
            #expect(try site.count("managed_objects") == 1)
            #expect(try site.worker.auditEvents().allSatisfy { $0.action != .keyRead })
        }
    }

    @Test func aPausedWorkerWrapsNothingUnderARetiredVersion() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let bytes = [UInt8](repeating: 7, count: 32)
            for operation in [
                KeyModel.Operation.makeCreate(), .makeRegister(try site.gateway.wrap(bytes), of: bytes),
            ] {
                let rotate = try site.sealOperators(.rootKey(.rotate("test")), by: site.keyOwner)
                nonisolated(unsafe) let faster = try site.anotherWorker()
                nonisolated(unsafe) var rotated: JobReply?
                site.clock.atReading(3) { rotated = try? faster.deliver(rotate) }
                #expect(try site.outcome(operation).failureCode == nil)
                #expect(rotated != nil && rotated?.failureCode == nil)
                let current = site.worker.processor.keeper.authority.currentVersion(of: AuthorityPlan.rootKey)?.version
                let versions = try site.rows("SELECT MAX(root_key_version) FROM managed_objects").first
                #expect(versions == [.integer(Int64(current ?? 0))])
                try site.runRotation()
            }
            #expect(try site.rootKey(.show("test")).versions.map { $0.objectCounts.values.reduce(0, +) } == [0, 0, 2])
        }
    }
}

extension TestSite {
    func sendOwners(_ request: RootKeyRequest) throws -> JobReply? {
        try sendOperators(.rootKey(request), by: keyOwner)
    }

    func rootKey(_ request: RootKeyRequest) throws -> RootKeyDescription {
        let reply = try sendOwners(request)
        guard case .operator(.rootKey(.rootKey(let description)))? = reply else {
            throw FixtureError("no root key but \(reply.map { "\($0)" } ?? "nothing")")
        }
        return description
    }

    func rotate() throws -> BackgroundOperation {
        let reply = try sendOwners(.rotate("test"))
        guard case .operator(.rootKey(.rotation(let operation)))? = reply else {
            throw FixtureError("no rotation but \(reply.map { "\($0)" } ?? "nothing")")
        }
        return operation
    }

    func operation(_ identifier: OperationIdentifier) throws -> BackgroundOperation {
        let reply = try sendOperators(.operation(.show(identifier)))
        guard case .operator(.operation(.operation(let operation)))? = reply else {
            throw FixtureError("no operation but \(reply.map { "\($0)" } ?? "nothing")")
        }
        return operation
    }

    /// Steps of a worker until it finds nothing to do.
    @discardableResult
    func runRotation(by other: TestWorker? = nil) throws -> Int {
        for count in 0..<10_000 where (other ?? worker).processor.rewrapStep().isAway { return count }
        throw FixtureError("a rotation does not end")
    }
}
