import KeyModel
import Testing

struct InstanceLifecycleTests {
    /// Every status with every step; what is not in the table is refused.
    @Test func theStepsThatThereAre() {
        let table: [Instance.Status: [Instance.Step: Instance.Status]] = [
            .installing: [.complete: .inactive, .remove: .removing],
            .inactive: [.configure: .configuring, .remove: .removing],
            .configuring: [.serve: .installed, .deactivate: .inactive, .remove: .removing],
            .installed: [.deactivate: .inactive, .remove: .removing],
            .removing: [:],
        ]
        for status in Instance.Status.allCases {
            for step in Instance.Step.allCases {
                let expected = table[status]?[step]
                do {
                    let next = try Instance.status(status, after: step)
                    #expect(next == expected, "\(status) \(step)")
                } catch {
                    #expect(expected == nil && error.code == .wrongInstanceStatus, "\(status) \(step)")
                }
            }
        }
    }

    @Test func stepsInARowKeepTheInstance() throws {
        let partition = try #require(PartitionName("p1"))
        let start = Instance(
            identifier: InstanceIdentifier("i"),
            name: "kmip-ab",
            status: .inactive,
            partition: partition,
            rootKey: nil,
            created: Timestamp(secondsSince1970: 5)
        )
        let rootKey = RootKeyIdentifier("r")
        let installed = try start.after(.configure, .serve, rootKey: rootKey)
        #expect(installed.status == .installed && installed.rootKey == rootKey)
        #expect(installed.identifier == start.identifier && installed.created == start.created)
        // The root key stays known, for its keys are under it.
        let inactive = try installed.after(.deactivate)
        #expect(inactive.status == .inactive && inactive.rootKey == rootKey)
        #expect(throws: OperationFailure(.wrongInstanceStatus)) { try start.after(.serve) }
    }

    @Test func namesAreFreeOfClashes() throws {
        var random = SystemRandomNumberGenerator()
        let letters = (UInt8(ascii: "a")...UInt8(ascii: "z")).map { Character(UnicodeScalar($0)) }
        let all = Set(letters.flatMap { first in letters.map { "kmip-\(first)\($0)" } })
        for _ in 0..<100 {
            let name = try #require(Instance.freeName(besides: [], using: &random))
            #expect(all.contains(name))
        }
        for left in ["kmip-aa", "kmip-qx", "kmip-zz"] {
            #expect(Instance.freeName(besides: all.subtracting([left]), using: &random) == left)
        }
        #expect(Instance.freeName(besides: all, using: &random) == nil)
    }

    /// Why it does not serve agrees with whether it may.
    @Test func obstacles() throws {
        let partition = try #require(PartitionName("p1"))
        func authority(
            _ status: Instance.Status,
            _ rootKey: RootKey.Status?,
            roles: Set<ServiceAuthorization.Role> = Set(ServiceAuthorization.Role.allCases)
        ) -> (Authority, Instance) {
            let time = Timestamp(secondsSince1970: 0)
            var authority = Authority(generation: 1)
            let identifier = RootKeyIdentifier("r")
            let instance = Instance(
                identifier: InstanceIdentifier("i"),
                name: "kmip-ab",
                status: status,
                partition: partition,
                rootKey: identifier,
                created: time
            )
            authority.instances = [instance]
            if let rootKey {
                authority.rootKeys = [
                    RootKey(identifier: identifier, name: "r", partition: partition, status: rootKey, created: time)
                ]
            }
            authority.rootKeyVersions = [
                RootKeyVersion(
                    rootKey: identifier,
                    version: 1,
                    status: .current,
                    tokenKeyID: [],
                    canary: [],
                    created: time
                )
            ]
            authority.authorizations = [
                ServiceAuthorization(instance: instance.identifier, rootKey: identifier, roles: roles)
            ]
            return (authority, instance)
        }
        let cases: [((Authority, Instance), ServiceObstacle?)] = [
            (authority(.installed, .active), nil), (authority(.inactive, .active), .notActivated),
            (authority(.installing, .active), .notActivated), (authority(.configuring, .active), .notActivated),
            (authority(.removing, .active), .beingRemoved), (authority(.installed, nil), .rootKeyMissing),
            (authority(.installed, .suspended), .rootKeySuspended),
            (authority(.installed, .deleting), .rootKeyDeleting),
            (authority(.installed, .active, roles: [.viewer]), .notAuthorized),
            (authority(.installed, .active, roles: [.vmwareKMIPManager]), .notAuthorized),
            (authority(.installed, .active, roles: []), .notAuthorized),
        ]
        for ((authority, instance), expected) in cases {
            #expect(authority.obstacle(toServing: instance) == expected)
            #expect(((try? authority.rootKeyInService(for: instance)) != nil) == (expected == nil))
        }
        var (withoutVersion, instance) = authority(.installed, .active)
        withoutVersion.rootKeyVersions = []
        #expect(withoutVersion.obstacle(toServing: instance) == .rootKeyWithoutVersion)
        instance = try instance.after(.deactivate)
        #expect(withoutVersion.obstacle(toServing: instance) == .notActivated)
    }
}
