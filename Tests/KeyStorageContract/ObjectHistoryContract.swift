import KeyModel
import KeyStorage
import Testing

/// What is on record about one object.
enum ObjectHistoryContract {
    static let cases = [
        ContractCase("an object's history comes newest first, part by part, of all chains", pages),
        ContractCase("an altered event is counted and not shown", altered),
        ContractCase("parts of a history end before they are too large", longTexts),
    ]

    private static let chains = [UInt8(0xA0), 0xB0].map { AuditChain(startingAs: [UInt8](repeating: $0, count: 16)) }

    private static func event(
        _ number: Int,
        object: String? = "a",
        in instance: InstanceIdentifier = ContractFixture.instance
    ) -> AuditEvent {
        AuditEvent(
            action: .keyRead,
            initiator: "CertificateID-00",
            address: "192.0.2.1",
            instance: instance,
            object: object.map { UniqueIdentifier($0) },
            failure: number == 2 ? .wrongLifecycleState : nil,
            requestID: "request-\(number)",
            isRepeat: number == 3,
            time: ContractFixture.start.advanced(bySeconds: Int64(number / 2))
        )
    }

    private static func history(_ store: KeyStore, limit: Int, object: String = "a") throws -> [KeyHistory] {
        var parts: [KeyHistory] = []
        repeat {
            let wanted = KeyHistoryPart(limit: limit, after: parts.last?.next)
            parts.append(
                try store.read {
                    try $0.history(of: UniqueIdentifier(object), in: ContractFixture.instance, wanted)
                }
            )
        } while parts.last?.next != nil && parts.count < 100
        return parts
    }

    private static func pages(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        _ = try store.write { transaction in
            let others = [
                event(1, object: "b"), event(1, object: nil), event(1, in: ContractFixture.otherInstance),
            ]
            _ = try transaction.append((0..<6).map { event($0) } + others, to: chains[0])
            _ = try transaction.append((6..<9).map { event($0) }, to: chains[1])
        }
        // Two of each second: those of one chain, the later first.
        let expected = [8, 7, 6, 5, 4, 3, 2, 1, 0].map { "request-\($0)" }
        for limit in [1, 2, 4, 9, 100] {
            let parts = try history(store, limit: limit)
            #expect(parts.flatMap(\.events).map(\.requestID) == expected)
            #expect(parts.count == (9 + limit - 1) / limit)
            #expect(parts.allSatisfy { $0.corruptedCount == 0 })
        }
        let events = try history(store, limit: 100)[0].events
        #expect(events[6] == KeyEvent(event(2)) && events[6].failure == .wrongLifecycleState)
        for object in ["nobody", "a\u{0}", ""] {
            #expect(
                try history(store, limit: 5, object: object) == [KeyHistory(events: [], next: nil, corruptedCount: 0)]
            )
        }
    }

    private static func altered(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        _ = try store.write { try $0.append((0..<4).map { event($0 * 2) }, to: chains[0]) }
        try Tampering(engine: try database.openEngine()).run(
            "UPDATE audit_events SET initiator = 'somebody else' WHERE sequence = 3"
        )
        let whole = try history(store, limit: 9)[0]
        #expect(whole.events.map(\.requestID) == ["request-6", "request-2", "request-0"])
        #expect(whole.corruptedCount == 1)
        // A part that has nothing else does not hide what is behind it.
        let parts = try history(store, limit: 1)
        #expect(parts.map(\.corruptedCount) == [0, 1, 0, 0])
        #expect(parts.flatMap(\.events).map(\.requestID) == ["request-6", "request-2", "request-0"])
    }

    private static func longTexts(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let text = String(repeating: "\u{10FFFF}", count: 1_024)
        let long = AuditEvent(
            action: .keyRead,
            initiator: text,
            address: text,
            instance: ContractFixture.instance,
            object: UniqueIdentifier("a"),
            failure: nil,
            requestID: text,
            isRepeat: false,
            time: ContractFixture.start
        )
        _ = try store.write { try $0.append(Array(repeating: long, count: 200), to: chains[0]) }
        let parts = try history(store, limit: 500)
        // 12 KiB each, a mebibyte a part.
        #expect(parts.map(\.events.count) == [85, 85, 30])
    }
}
