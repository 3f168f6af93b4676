import KeyModel
import Testing

@testable import Worker

/// What is decided about a root key that is to be deleted: no token, no store.
struct RootKeyDeletionTests {
    private static let now = Timestamp(secondsSince1970: 1_700_000_000)
    private static let due = now.advanced(bySeconds: 604_800)

    private let partition: PartitionName
    private let rootKey: RootKey
    private let deletion: RootKeyDeletion

    init() throws {
        partition = try #require(PartitionName("p1"))
        rootKey = RootKey(
            identifier: RootKeyIdentifier("r"),
            name: "first",
            partition: partition,
            status: .active,
            created: Self.now
        )
        deletion = RootKeyDeletion(
            operation: OperationIdentifier("o"),
            rootKey: rootKey.identifier,
            due: Self.due,
            owners: [],
            ticketKeys: [[UInt8](repeating: 1, count: 16)]
        )
    }

    /// Two root keys with a version each and an instance each; the first in this state.
    private func authority(_ status: RootKey.Status) -> Authority {
        let other = RootKeyIdentifier("other")
        var authority = Authority(generation: 1)
        authority.rootKeys = [
            rootKey.with(status),
            RootKey(identifier: other, name: "other", partition: partition, status: .active, created: Self.now),
        ]
        for (identifier, name) in [(rootKey.identifier, "kmip-aa"), (other, "kmip-bb")] {
            let made = MadeRootKeyVersion(tokenKeyID: Array(name.utf8), canary: [])
            authority.rootKeyVersions.append(RootKeyVersion(made, of: identifier, number: 1, created: Self.now))
            let instance = Instance(
                identifier: InstanceIdentifier(name),
                name: name,
                status: .installed,
                partition: partition,
                rootKey: identifier,
                created: Self.now
            )
            authority.instances.append(instance)
            authority.authorizations.append(
                ServiceAuthorization(
                    instance: instance.identifier,
                    rootKey: identifier,
                    roles: Set(ServiceAuthorization.Role.allCases)
                )
            )
        }
        return authority
    }

    @Test func anOrderStopsServiceAndIsGivenOnce() throws {
        for status in [RootKey.Status.active, .suspended] {
            let next = try authority(status).orderingDeletion(of: rootKey.with(status))
            #expect(next.rootKeys.map(\.status) == [.deleting, .active])
            #expect(next.obstacle(toServing: next.instances[0]) == .rootKeyDeleting)
            #expect(next.obstacle(toServing: next.instances[1]) == nil)
            #expect(next.rootKeyVersions == authority(status).rootKeyVersions)
        }
        #expect(throws: OperationFailure(.rootKeyDeletionPending)) {
            try authority(.deleting).orderingDeletion(of: rootKey.with(.deleting))
        }
        #expect(throws: OperationFailure(.rootKeyDeleted)) {
            try authority(.deleted).orderingDeletion(of: rootKey.with(.deleted))
        }
    }

    @Test func itIsRestoredUntilTheWaitingTimeIsOver() throws {
        let last = Self.due.advanced(bySeconds: -1)
        let next = try authority(.deleting).restoring(rootKey.with(.deleting), due: Self.due, at: last)
        #expect(next.rootKeys.map(\.status) == [.suspended, .active])
        let refused: [(RootKey.Status, Timestamp?, Timestamp, OperationFailure.Code)] = [
            (.deleting, Self.due, Self.due, .rootKeyDeleted), (.deleting, nil, Self.now, .rootKeyDeleted),
            (.deleted, Self.due, last, .rootKeyDeleted), (.active, nil, Self.now, .rootKeyNotBeingDeleted),
            (.suspended, nil, Self.now, .rootKeyNotBeingDeleted),
        ]
        for (status, due, now, code) in refused {
            #expect(throws: OperationFailure(code)) {
                try authority(status).restoring(rootKey.with(status), due: due, at: now)
            }
        }
    }

    @Test func atItsEndNothingRefersToItAndOthersAreAsTheyWere() {
        let before = authority(.deleting)
        let next = before.deleting(rootKey.with(.deleting))
        #expect(next.rootKeys.map(\.status) == [.deleted, .active])
        #expect(next.rootKeyVersions.map(\.status) == [.destroyed, .current])
        #expect(next.instances.map(\.rootKey) == [nil, before.rootKeys[1].identifier])
        #expect(next.instances.map(\.status) == [.inactive, .installed])
        #expect(next.authorizations.map(\.rootKey.text) == ["other"])
        #expect(throws: OperationFailure(.rootKeyNotActive)) { try next.setting(rootKey.with(.deleted), to: .active) }
    }

    @Test func whatIsDoneFollowsFromTheRecordAndTheTime() {
        let last = Self.due.advanced(bySeconds: -1)
        let table: [(RootKey.Status, Timestamp, DeletionDecision)] = [
            (.deleting, last, .wait), (.deleting, Self.due, .begin(rootKey.with(.deleting))),
            (.deleted, last, .destroy(rootKey.with(.deleted))), (.deleted, Self.due, .destroy(rootKey.with(.deleted))),
            (.active, Self.due, .stop), (.suspended, Self.due, .stop),
        ]
        for (status, now, decision) in table {
            #expect(DeletionDecision(deletion, authority(status), at: now) == decision)
        }
        #expect(DeletionDecision(deletion, Authority(generation: 1), at: Self.due) == .stop)
    }

    @Test func itWaitsForATicketKeyThatIsInUse() {
        var authority = authority(.deleted)
        #expect(!authority.describe(deletion).isWaitingForTicketKey)
        authority.ticketKeys = [
            TicketKey(
                tokenKeyID: deletion.ticketKeys[0],
                partition: partition,
                status: .current,
                certificate: [],
                created: Self.now
            )
        ]
        // Nothing is destroyed yet: it is not what it waits for.
        #expect(!authority.describe(deletion).isWaitingForTicketKey)
        var destroyed = deletion
        destroyed.tokenSerials = ["s"]
        #expect(authority.describe(destroyed).isWaitingForTicketKey)
        authority.ticketKeys = []
        #expect(!authority.describe(destroyed).isWaitingForTicketKey)
    }
}
