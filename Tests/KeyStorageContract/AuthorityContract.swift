import KeyModel
import KeyStorage
import Testing

/// The tables that confer authority, as one value with a generation.
enum AuthorityContract {
    static let cases = [
        ContractCase("a new store has no authority, at generation 0", empty),
        ContractCase("the authority is read as it was written", readsWhatWasWritten),
        ContractCase("of ticket keys alone a change is not to be anchored, of anything else it is", anchoring),
        ContractCase("of two changes of one generation the second is refused", conflicts),
        ContractCase("names and fingerprints are unique", uniqueness),
        ContractCase("two rows may exchange their names", exchangesNames),
        ContractCase("certificates' last use is noted beside the authority", sightings),
    ]

    private static func empty(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        #expect(try store.read { try $0.authority() } == Authority(generation: 0))
        #expect(try store.read { try $0.authorityGeneration() } == 0)
    }

    private static func readsWhatWasWritten(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let written = try store.write {
            try $0.changeAuthority(from: Authority(generation: 0), to: AuthorityFixture.authority())
        }
        #expect(written.generation == 1)
        #expect(try ContractFixture.store(database).read { try $0.authority() } == written)
        var changed = written
        changed.certificates.removeFirst()
        changed.instances[0] = try AuthorityFixture.instance(1, status: .removing)
        let next = try store.write { try $0.changeAuthority(from: written, to: changed) }
        changed.generation = 2
        changed.anchoredGeneration = 2
        #expect(next == changed)
        #expect(try store.read { try $0.authority() } == next)
        #expect(try store.read { try $0.authorityGeneration() } == 2)
    }

    private static func anchoring(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        var authority = try store.write {
            try $0.changeAuthority(from: Authority(generation: 0), to: AuthorityFixture.authority())
        }
        #expect(authority.anchoredGeneration == 1)
        func change(above floor: UInt64? = nil, _ edit: (inout Authority) -> Void) throws -> [UInt64] {
            var next = authority
            edit(&next)
            let from = authority
            authority = try store.write { try $0.changeAuthority(from: from, to: next, above: floor) }
            #expect(try ContractFixture.store(database).read { try $0.authority() } == authority)
            return [authority.generation, authority.anchoredGeneration]
        }
        #expect(try change { $0.ticketKeys.removeFirst() } == [2, 1])
        #expect(try change { $0.ticketKeys = [] } == [3, 1])
        #expect(try change { $0.authorizations.removeLast() } == [4, 4])
        let restored = try AuthorityFixture.authority()
        #expect(try change { $0.ticketKeys = restored.ticketKeys } == [5, 4])
        let both = try change {
            $0.ticketKeys = []
            $0.operators = []
        }
        #expect(both == [6, 6])
        // Put in force over a token that has seen more, whatever it changes.
        #expect(try change(above: 9) { _ in } == [10, 10])
        #expect(try change(above: 3) { $0.ticketKeys = restored.ticketKeys } == [11, 11])
    }

    private static func conflicts(_ database: any ContractDatabase) throws {
        let one = try ContractFixture.store(database)
        let two = try ContractFixture.store(database)
        let none = Authority(generation: 0)
        let first = try one.write { try $0.changeAuthority(from: none, to: AuthorityFixture.authority()) }
        #expect(try errorCode { _ = try two.write { try $0.changeAuthority(from: none, to: none) } } == .conflict)
        var changed = first
        changed.operators = []
        let second = try two.write { try $0.changeAuthority(from: first, to: changed) }
        var late = first
        late.services = []
        #expect(try errorCode { _ = try one.write { try $0.changeAuthority(from: first, to: late) } } == .conflict)
        #expect(try one.read { try $0.authority() } == second)
    }

    private static func uniqueness(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let base = try store.write {
            try $0.changeAuthority(from: Authority(generation: 0), to: AuthorityFixture.authority())
        }
        func code(_ change: (inout Authority) throws -> Void) throws -> StoreError.Code? {
            var next = base
            try change(&next)
            return try errorCode { _ = try store.write { try $0.changeAuthority(from: base, to: next) } }
        }
        #expect(try code { $0.instances.append(try AuthorityFixture.instance(3, name: "kmip-1")) } == .alreadyExists)
        #expect(try code { $0.instances.append(try AuthorityFixture.instance(1, name: "new")) } == .alreadyExists)
        #expect(
            try code { $0.certificates.append(try AuthorityFixture.certificate(3, name: "vcenter-1")) }
                == .alreadyExists
        )
        let other = ContractFixture.otherInstance
        #expect(
            try code { $0.certificates.append(try AuthorityFixture.certificate(1, instance: other)) } == .alreadyExists
        )
        #expect(try store.read { try $0.authority() } == base)
        let sameNameElsewhere = try AuthorityFixture.certificate(3, instance: other, name: "vcenter-1")
        #expect(try code { $0.certificates.append(sameNameElsewhere) } == nil)
    }

    private static func exchangesNames(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let base = try store.write {
            try $0.changeAuthority(from: Authority(generation: 0), to: AuthorityFixture.authority())
        }
        var next = base
        next.instances = [
            try AuthorityFixture.instance(1, name: "kmip-2"), try AuthorityFixture.instance(2, name: "kmip-1"),
        ]
        let changed = try store.write { try $0.changeAuthority(from: base, to: next) }
        #expect(try store.read { try $0.authority() } == changed)
    }

    private static func sightings(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let fingerprint = try ContractFixture.fingerprint(1)
        let later = ContractFixture.start.advanced(bySeconds: 9)
        try store.write { try $0.markSeen([fingerprint], at: later) }
        try store.write { try $0.markSeen([fingerprint], at: ContractFixture.start) }
        #expect(try store.read { try $0.certificateSightings() } == [fingerprint: later])
        #expect(try store.read { try $0.authorityGeneration() } == 0)
    }
}
