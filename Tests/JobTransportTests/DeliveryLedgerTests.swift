import Testing

@testable import JobTransport

@Suite struct DeliveryLedgerTests {
    private func delivery(
        _ tag: UInt64,
        _ jobClass: JobClass = .interactive,
        redelivered: Bool = false,
        generation: UInt64 = 1,
        replyTo: String? = "back"
    ) -> JobDelivery {
        JobDelivery(
            body: [UInt8(tag)],
            isRedelivered: redelivered,
            jobClass: jobClass,
            messageID: nil,
            expiration: nil,
            replyTo: replyTo,
            correlationID: "c\(tag)",
            generation: generation,
            deliveryTag: tag
        )
    }

    private func ledger(_ deliveries: [JobDelivery], batch: Int = 4) -> DeliveryLedger {
        var ledger = DeliveryLedger(maximumBatch: batch)
        ledger.connected(generation: 1)
        ledger.resume()
        for delivery in deliveries { #expect(ledger.received(delivery) == []) }
        return ledger
    }

    private func publication(_ tag: UInt64, token: UInt64) -> DeliveryLedger.Action {
        .publishReply(to: "back", correlationID: "c\(tag)", messageID: nil, body: [UInt8(tag), 0], token: token)
    }

    private func tags(_ batch: [JobDelivery]) -> [UInt64] { batch.map(\.deliveryTag) }

    private func replies(_ batch: [JobDelivery]) -> [JobSettlement] {
        batch.map { JobSettlement($0, .reply($0.body + [0])) }
    }

    @Test func aBatchIsWhatHasArrivedTheUrgentFirst() {
        var ledger = ledger([
            delivery(1, .bulk), delivery(2, .operator), delivery(3), delivery(4, .bulk), delivery(5),
            delivery(6, .bulk),
        ])
        #expect(tags(ledger.nextBatch()) == [2, 3, 5, 1])
        #expect(tags(ledger.nextBatch()) == [4, 6])
        #expect(ledger.nextBatch().isEmpty)
    }

    /// More clients' jobs wait than a batch holds, and as many come again while it is done.
    @Test func operatorsJobsDoNotWaitForClients() {
        var ledger = ledger((1...20).map { delivery($0) })
        #expect(tags(ledger.nextBatch()) == [1, 2, 3, 4])
        #expect(ledger.received(delivery(21, .operator)) == [])
        #expect(ledger.received(delivery(22, .operator)) == [])
        #expect(tags(ledger.nextBatch()) == [21, 22, 5, 6])
        #expect(ledger.received(delivery(23, .operator, redelivered: true)) == [])
        #expect(tags(ledger.nextBatch()) == [23])
        #expect(tags(ledger.nextBatch()) == [7, 8, 9, 10])
    }

    @Test func clientsDoNotWaitForOperatorsEither() {
        var ledger = ledger((1...9).map { delivery($0, .operator) } + (10...14).map { delivery($0) })
        #expect(tags(ledger.nextBatch()) == [1, 2, 10, 11])
        #expect(tags(ledger.nextBatch()) == [3, 4, 12, 13])
        #expect(tags(ledger.nextBatch()) == [5, 6, 14])
    }

    /// It must come alone, and others before it are there in every batch.
    @Test func aRedeliveredJobIsNotPassedOverTwice() {
        var ledger = ledger([delivery(1, redelivered: true), delivery(2), delivery(3, .bulk, redelivered: true)])
        var batches: [[UInt64]] = []
        for tag in UInt64(11)...15 {
            #expect(ledger.received(delivery(tag, .operator)) == [])
            batches.append(tags(ledger.nextBatch()))
        }
        #expect(batches == [[11], [1], [12, 13, 2], [3], [14, 15]])
    }

    @Test func aRedeliveredJobComesAlone() {
        var ledger = ledger([
            delivery(1), delivery(2, redelivered: true), delivery(3), delivery(4, .bulk, redelivered: true),
            delivery(5, .bulk),
        ])
        #expect(tags(ledger.nextBatch()) == [1])
        #expect(tags(ledger.nextBatch()) == [2])
        #expect(tags(ledger.nextBatch()) == [3])
        #expect(tags(ledger.nextBatch()) == [4])
        #expect(tags(ledger.nextBatch()) == [5])
    }

    @Test func acknowledgesAfterTheReplyIsConfirmedAllAtOnceWherePossible() {
        var ledger = ledger([delivery(1), delivery(2), delivery(3), delivery(4)])
        let batch = ledger.nextBatch()
        #expect(ledger.settle(replies(batch)) == (1...4).map { publication($0, token: $0) })
        #expect(!ledger.isSettled)
        #expect(ledger.confirmed([1]) == [.acknowledge(deliveryTag: 1, multiple: false)])
        #expect(ledger.confirmed([3]) == [.acknowledge(deliveryTag: 3, multiple: false)])
        #expect(ledger.confirmed([2, 4]) == [.acknowledge(deliveryTag: 4, multiple: true)])
        #expect(ledger.isSettled)
        #expect(ledger.confirmed([1, 2, 3, 4]) == [])
    }

    @Test func neverAcknowledgesWhatIsNotDone() {
        // Tag 1 still waits while 2 and 3, more urgent, are done.
        var ledger = ledger([delivery(1, .bulk), delivery(2), delivery(3)], batch: 2)
        let batch = ledger.nextBatch()
        #expect(tags(batch) == [2, 3])
        _ = ledger.settle(replies(batch))
        #expect(
            ledger.confirmed([1, 2]) == [
                .acknowledge(deliveryTag: 2, multiple: false), .acknowledge(deliveryTag: 3, multiple: false),
            ]
        )
    }

    @Test func discardsWithoutReplyAndGivesBack() {
        var ledger = ledger([delivery(1), delivery(2, replyTo: nil), delivery(3)])
        let batch = ledger.nextBatch()
        let actions = ledger.settle([
            JobSettlement(batch[0], .discard), JobSettlement(batch[1], .reply([])), JobSettlement(batch[2], .requeue),
        ])
        #expect(actions == [.requeue(deliveryTag: 3), .acknowledge(deliveryTag: 2, multiple: true)])
        #expect(ledger.isSettled)
        #expect(ledger.settle(replies(batch)) == [], "settled before")
    }

    @Test func aReplyThatTheBrokerRefusesBringsTheJobBack() {
        var ledger = ledger([delivery(1), delivery(2)])
        _ = ledger.settle(replies(ledger.nextBatch()))
        #expect(ledger.refused([1]) == [.requeue(deliveryTag: 1)])
        #expect(ledger.confirmed([2]) == [.acknowledge(deliveryTag: 2, multiple: false)])
    }

    @Test func aReplyThatNoMessageHoldsEndsTheJob() {
        var ledger = ledger([delivery(1), delivery(2), delivery(3)])
        _ = ledger.settle(replies(ledger.nextBatch()))
        #expect(ledger.unsendable(2) == [.acknowledge(deliveryTag: 2, multiple: false)])
        #expect(ledger.unsendable(2) == [])
        #expect(ledger.refused([2]) == [])
        #expect(ledger.confirmed([1, 3]) == [.acknowledge(deliveryTag: 3, multiple: true)])
        #expect(ledger.isSettled)
    }

    @Test func whatIsSaidOfALostConnectionIsDropped() {
        var ledger = ledger([delivery(1), delivery(2)])
        let old = ledger.nextBatch()
        _ = ledger.settle([replies(old)[0]])
        ledger.lost()
        #expect(ledger.isSettled)
        #expect(ledger.settle(replies(old)) == [])
        ledger.connected(generation: 2)
        #expect(ledger.received(delivery(1, redelivered: true, generation: 2)) == [])
        #expect(ledger.received(delivery(2, generation: 1)) == [])
        let again = ledger.nextBatch()
        #expect(tags(again) == [1])
        #expect(ledger.settle(replies(old)) == [], "the old connection's tag 1 is not the new one's")
        #expect(ledger.confirmed([1]) == [], "nor is its token")
        #expect(ledger.settle(replies(again)) == [publication(1, token: 2)])
        #expect(ledger.confirmed([2]) == [.acknowledge(deliveryTag: 1, multiple: false)])
    }

    @Test func aPauseGivesBackWhatWaitsAndKeepsWhatWasHandedOut() {
        var ledger = ledger([delivery(1), delivery(2), delivery(3, .bulk)], batch: 1)
        let batch = ledger.nextBatch()
        #expect(ledger.pause() == [.requeue(deliveryTag: 2), .requeue(deliveryTag: 3)])
        #expect(ledger.received(delivery(4)) == [.requeue(deliveryTag: 4)])
        #expect(ledger.nextBatch().isEmpty)
        #expect(ledger.settle(replies(batch)) == [publication(1, token: 1)])
        #expect(ledger.confirmed([1]) == [.acknowledge(deliveryTag: 1, multiple: false)])
        ledger.resume()
        #expect(ledger.received(delivery(5)) == [])
        #expect(tags(ledger.nextBatch()) == [5])
    }
}
