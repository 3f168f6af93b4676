import Testing

@testable import AMQPClient

@Suite struct ConfirmLedgerTests {
    /// Publishes 1 to 6 with tokens 10, 20, –, 40, 50, 60.
    private func ledger() -> ConfirmLedger {
        var ledger = ConfirmLedger()
        for token: UInt64? in [10, 20, nil, 40, 50, 60] { ledger.published(token: token) }
        return ledger
    }

    @Test func settlesOneByOneInAnyOrder() throws {
        var ledger = ledger()
        #expect(try ledger.settle(upTo: 4, multiple: false) == [40])
        #expect(try ledger.settle(upTo: 1, multiple: false) == [10])
        #expect(try ledger.settle(upTo: 3, multiple: false) == [])
        #expect(try ledger.settle(upTo: 1, multiple: false) == [], "settled before")
    }

    @Test func settlesAllUpToANumber() throws {
        var ledger = ledger()
        #expect(try ledger.settle(upTo: 2, multiple: false) == [20])
        #expect(try ledger.settle(upTo: 4, multiple: true) == [10, 40])
        #expect(try ledger.settle(upTo: 6, multiple: true) == [50, 60])
        #expect(try ledger.settle(upTo: 6, multiple: true) == [])
    }

    @Test func zeroWithMultipleMeansEverything() throws {
        var ledger = ledger()
        #expect(try ledger.settle(upTo: 0, multiple: true) == [10, 20, 40, 50, 60])
    }

    @Test(arguments: [(7, false), (7, true), (UInt64.max, true), (0, false)] as [(UInt64, Bool)])
    func refusesNumbersThatWereNeverPublished(_ sequence: UInt64, _ multiple: Bool) {
        var ledger = ledger()
        #expect(throws: AMQPClientError(.protocolViolation, operation: "")) {
            try ledger.settle(upTo: sequence, multiple: multiple)
        }
    }
}
