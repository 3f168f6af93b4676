import KeyModel
import KeyStorage
import Testing

/// The audit trail: chains of events.
enum AuditContract {
    static let cases = [
        ContractCase("events are read in their order, part by part", readsWhatWasWritten),
        ContractCase("a chain that was continued elsewhere is refused", conflicts),
        ContractCase("an altered, removed or exchanged event is found", tampered),
        ContractCase("an event with texts that no column can hold is recorded all the same", hostileTexts),
    ]

    private static let start = AuditChain(startingAs: [UInt8](repeating: 0xB0, count: 16))

    private static func event(_ number: Int, object: String = "a") -> AuditEvent {
        AuditEvent(
            action: .keyRead,
            initiator: "CertificateID-00",
            address: "192.0.2.1",
            instance: ContractFixture.instance,
            object: UniqueIdentifier(object),
            failure: number == 2 ? .itemNotFound : nil,
            requestID: "request-\(number)",
            isRepeat: number == 3,
            time: ContractFixture.start
        )
    }

    private static func readsWhatWasWritten(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let events = (1...5).map { event($0) }
        var chain = try store.write { try $0.append(events.prefix(2), to: start) }
        chain = try store.write { try $0.append(events.dropFirst(2), to: chain) }
        #expect(chain.nextSequence == 6)
        let (first, middle) = try store.read { try $0.auditRecords(behind: start, limit: 3) }
        let (rest, end) = try store.read { try $0.auditRecords(behind: middle, limit: 3) }
        #expect((first + rest).map(\.event) == events)
        #expect(end == chain)
        #expect(try store.read { try $0.auditRecords(behind: end, limit: 3) }.records.isEmpty)
        #expect(try store.read { try $0.auditChains() } == [start.identifier])
    }

    private static func conflicts(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        _ = try store.write { try $0.append([event(1)], to: start) }
        #expect(try errorCode { _ = try store.write { try $0.append([event(2)], to: start) } } == .conflict)
    }

    private static func tampered(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let tampering = Tampering(engine: try database.openEngine())
        _ = try store.write { try $0.append((1...3).map { event($0) }, to: start) }
        func isFound() throws -> Bool {
            try errorCode { _ = try store.read { try $0.auditRecords(behind: start, limit: 9) } } == .recordCorrupted
        }
        let columns = [
            "action", "initiator", "address", "instance", "object", "failure", "request_id", "is_repeat",
            "event_time", "previous_hash", "hash", "mac",
        ]
        try tampering.alterEach(columns, of: "audit_events", where: "sequence = 2", isDetected: isFound)
        for (from, to) in [(1, 10), (2, 1), (10, 2)] {
            try tampering.run("UPDATE audit_events SET sequence = \(to) WHERE sequence = \(from)")
        }
        #expect(try isFound())
        for (from, to) in [(2, 10), (1, 2), (10, 1)] {
            try tampering.run("UPDATE audit_events SET sequence = \(to) WHERE sequence = \(from)")
        }
        #expect(try !isFound())
        try tampering.run("DELETE FROM audit_events WHERE sequence = 2")
        #expect(try isFound())
    }

    private static func hostileTexts(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let long = "\u{0}" + String(repeating: "k", count: 5_000)
        _ = try store.write { try $0.append([event(1, object: long)], to: start) }
        let records = try store.read { try $0.auditRecords(behind: start, limit: 9) }.records
        #expect(records.first?.event.object?.text == "\u{FFFD}" + String(repeating: "k", count: 1_023))
    }
}
