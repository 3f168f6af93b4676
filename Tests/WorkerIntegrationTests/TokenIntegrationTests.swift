import Cryptography
import HSM
import JobSealing
import KeyModel
import KeyStorage
import PKCS11
import TestServices
import Testing

@testable import Worker

/// What the token does behind the worker: it goes away, gets new keys, loses old ones.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct TokenIntegrationTests {
    @Test func whileTheSessionIsLostJobsAreGivenBack() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            let material = try site.get(key)
            // Another user of the same module ends it: what a device that goes away looks like.
            try Module(path: SoftHSMToken.modulePath).finalize()
            let create = try site.seal([.makeCreate()])
            #expect(try site.worker.deliver(create) == nil)
            #expect(try site.worker.deliver(try site.seal([.makeGet(key)])) == nil)
            #expect(try site.count("managed_objects") == 1)
            try site.worker.processor.maintainHSM()
            #expect(try site.get(key) == material)
            guard case .kmip(let outcomes)? = try site.worker.deliver(create, isRedelivered: true) else {
                Issue.record("given back again")
                return
            }
            #expect(outcomes[0].failureCode == nil)
            #expect(try site.count("managed_objects") == 2)
        }
    }

    @Test func keysOfARetiredVersionAreServedAndNewOnesAreUnderTheCurrentOne() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let old = try site.create()
            let material = try site.get(old)
            let second = try site.hsm.createRootKeyVersion(label: "keyferry-root-test-v2")
            try setVersions(site, first: .retired, second)
            let new = try site.create()
            #expect(try site.get(old) == material)
            _ = try site.get(new)
            let versions = try site.rows("SELECT root_key_version FROM managed_objects ORDER BY root_key_version")
            #expect(versions == [[.integer(1)], [.integer(2)]])
            try setVersions(site, first: .destroyed, second)
            #expect(try site.outcome(.makeGet(old)).failureCode == .recordCorrupted)
            _ = try site.get(new)
        }
    }

    @Test func tripleDESIsAMatterOfPolicy() async throws {
        let attributes = [
            KeyModel.Attribute(name: .cryptographicAlgorithm, value: .enumeration(2)),
            KeyModel.Attribute(name: .cryptographicLength, value: .integer(168)),
            KeyModel.Attribute(name: .cryptographicUsageMask, value: .integer(0x0C)),
        ]
        let create = KeyModel.Operation.create(CreateOperation(objectType: .symmetricKey, attributes: attributes))
        for isAllowed in [false, true] {
            try await SoftHSMModule.withToken { token in
                let site = try TestSite(token) { $0.allowsDES3 = isAllowed }
                let outcome = try site.outcome(create)
                #expect(outcome.failureCode == (isAllowed ? nil : .algorithmNotSupported))
                guard case .created(_, let identifier) = try? outcome.get() else { return }
                #expect(try site.get(identifier).count == 24)
            }
        }
    }

    private func setVersions(
        _ site: TestSite,
        first status: RootKeyVersion.Status,
        _ second: CreatedRootKeyVersion
    ) throws {
        try site.changeAuthority { authority in
            guard let first = authority.rootKeyVersions.first(where: { $0.version == 1 }) else { return }
            authority.rootKeyVersions = [
                RootKeyVersion(
                    rootKey: first.rootKey,
                    version: 1,
                    status: status,
                    tokenKeyID: first.tokenKeyID,
                    canary: first.canary,
                    created: first.created
                ),
                RootKeyVersion(
                    rootKey: first.rootKey,
                    version: 2,
                    status: .current,
                    tokenKeyID: second.identifier.bytes,
                    canary: second.canary,
                    created: first.created
                ),
            ]
        }
    }
}
