import KeyModel
import KeyStorage
import Testing

/// Which steps of an instance's removal are checked off.
enum RemovalCheckContract {
    static let cases = [
        ContractCase("checks of a removal are kept for their instance, checked anew and taken back", checks),
        ContractCase("an altered check of a removal is found", tampering),
        ContractCase("checks of a removal go with their instance", pruning),
    ]

    private static func check(_ step: RemovalStep, by number: UInt8 = 1) throws -> RemovalCheck {
        RemovalCheck(
            step: step,
            operator: try ContractFixture.fingerprint(number),
            operatorName: nil,
            time: ContractFixture.start.advanced(bySeconds: Int64(number))
        )
    }

    private static func checks(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        func found(_ instance: InstanceIdentifier = ContractFixture.instance) throws -> Set<RemovalCheck> {
            Set(try ContractFixture.store(database).read { try $0.removalChecks(of: instance) })
        }
        #expect(try found().isEmpty)
        let (hosts, keys, again) = (try check(.hosts), try check(.keys), try check(.hosts, by: 2))
        try store.write { transaction in
            try transaction.write(hosts, of: ContractFixture.instance)
            try transaction.write(keys, of: ContractFixture.instance)
            try transaction.write(keys, of: ContractFixture.otherInstance)
        }
        #expect(try found() == [hosts, keys])
        try store.write { try $0.write(again, of: ContractFixture.instance) }
        #expect(try found() == [again, keys])
        try store.write { try $0.deleteRemovalCheck(.keys, of: ContractFixture.instance) }
        try store.write { try $0.deleteRemovalCheck(.service, of: ContractFixture.instance) }
        #expect(try found() == [again])
        #expect(try found(ContractFixture.otherInstance) == [keys])
    }

    private static func tampering(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        try store.write { try $0.write(try check(.hosts), of: ContractFixture.instance) }
        let columns = ["instance", "step", "operator", "checked", "mac"]
        try Tampering(engine: try database.openEngine()).alterEach(columns, of: "removal_checks", where: "1 = 1") {
            // Under another instance's name it is not this one's any more; there it is found.
            let others = [ContractFixture.instance, InstanceIdentifier("instance-1x"), InstanceIdentifier("")]
            return try others.contains { instance in
                try errorCode { _ = try store.read { try $0.removalChecks(of: instance) } } == .recordCorrupted
            }
        }
    }

    private static func pruning(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let kept = try check(.hosts)
        try store.write { transaction in
            var authority = Authority(generation: 0)
            authority.instances = [try AuthorityFixture.instance(1)]
            _ = try transaction.changeAuthority(from: Authority(generation: 0), to: authority)
            try transaction.write(kept, of: ContractFixture.instance)
            try transaction.write(kept, of: ContractFixture.otherInstance)
            try transaction.pruneRemovalChecks()
        }
        #expect(try store.read { try $0.removalChecks(of: ContractFixture.instance) } == [kept])
        #expect(try store.read { try $0.removalChecks(of: ContractFixture.otherInstance) }.isEmpty)
    }
}
