import AMQPClient
import Testing

/// Always the upper end of every range, so that waits can be written down.
private struct Highest: RandomNumberGenerator {
    mutating func next() -> UInt64 { .max }
}

@Suite struct ReconnectionTests {
    struct Step: Sendable {
        let event: Reconnection.Event
        let action: Reconnection.Action

        init(_ event: Reconnection.Event, _ action: Reconnection.Action) {
            self.event = event
            self.action = action
        }
    }

    /// Waits are rounded to whole milliseconds: the random factor is a little below 1.
    private static func rounded(_ action: Reconnection.Action) -> Reconnection.Action {
        guard case .wait(let duration) = action else { return action }
        return .wait(.milliseconds(Int64((duration / .milliseconds(1)).rounded())))
    }

    private func check(brokers: Int, _ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) {
        var machine = Reconnection(brokers: brokers, backoff: Reconnection.Backoff())
        var random = Highest()
        for (index, step) in steps.enumerated() {
            let action = Self.rounded(machine.handle(step.event, using: &random))
            #expect(action == step.action, "step \(index): \(step.event)", sourceLocation: sourceLocation)
        }
    }

    @Test func oneBrokerIsTriedWithGrowingWaits() {
        check(
            brokers: 1,
            [
                Step(.start, .connect(broker: 0)),
                Step(.connectFailed, .wait(.milliseconds(100))), Step(.waitOver, .connect(broker: 0)),
                Step(.connectFailed, .wait(.milliseconds(200))), Step(.waitOver, .connect(broker: 0)),
                Step(.connectFailed, .wait(.milliseconds(400))), Step(.waitOver, .connect(broker: 0)),
                Step(.connectFailed, .wait(.milliseconds(800))), Step(.waitOver, .connect(broker: 0)),
                Step(.connectFailed, .wait(.milliseconds(1600))), Step(.waitOver, .connect(broker: 0)),
                Step(.connectFailed, .wait(.seconds(2))), Step(.waitOver, .connect(broker: 0)),
                Step(.connectFailed, .wait(.seconds(2))),
            ]
        )
    }

    @Test func brokersTakeTurnsAndTheWaitGrowsWithEachRound() {
        check(
            brokers: 3,
            [
                Step(.start, .connect(broker: 0)),
                Step(.connectFailed, .wait(.milliseconds(100))), Step(.waitOver, .connect(broker: 1)),
                Step(.connectFailed, .wait(.milliseconds(100))), Step(.waitOver, .connect(broker: 2)),
                Step(.connectFailed, .wait(.milliseconds(100))), Step(.waitOver, .connect(broker: 0)),
                Step(.connectFailed, .wait(.milliseconds(200))), Step(.waitOver, .connect(broker: 1)),
            ]
        )
    }

    @Test func aLastingConnectionResetsTheWaitAndAShortOneDoesNot() {
        check(
            brokers: 1,
            [
                Step(.start, .connect(broker: 0)),
                Step(.connectFailed, .wait(.milliseconds(100))), Step(.waitOver, .connect(broker: 0)),
                Step(.connectSucceeded, .nothing),
                Step(.connectionLost(lasted: .seconds(9)), .wait(.milliseconds(200))),
                Step(.waitOver, .connect(broker: 0)),
                Step(.connectSucceeded, .nothing),
                Step(.connectionLost(lasted: .seconds(10)), .wait(.milliseconds(100))),
                Step(.waitOver, .connect(broker: 0)),
            ]
        )
    }

    @Test func stopEndsEveryStateOnce() {
        check(brokers: 1, [Step(.stop, .finish), Step(.start, .nothing), Step(.stop, .nothing)])
        check(brokers: 1, [Step(.start, .connect(broker: 0)), Step(.stop, .finish), Step(.connectFailed, .nothing)])
        check(
            brokers: 1,
            [
                Step(.start, .connect(broker: 0)), Step(.connectFailed, .wait(.milliseconds(100))),
                Step(.stop, .finish), Step(.waitOver, .nothing),
            ]
        )
        check(
            brokers: 1,
            [Step(.start, .connect(broker: 0)), Step(.connectSucceeded, .nothing), Step(.stop, .disconnect)]
        )
    }

    @Test func whatCannotHappenChangesNothing() {
        check(
            brokers: 2,
            [
                Step(.waitOver, .nothing), Step(.connectSucceeded, .nothing),
                Step(.start, .connect(broker: 0)), Step(.start, .nothing), Step(.waitOver, .nothing),
                Step(.connectSucceeded, .nothing), Step(.connectFailed, .nothing),
                Step(.connectionLost(lasted: .zero), .wait(.milliseconds(100))),
                Step(.connectionLost(lasted: .zero), .nothing),
            ]
        )
    }

    @Test func waitsAreSpreadOverTheUpperHalf() {
        var machine = Reconnection(brokers: 1, backoff: Reconnection.Backoff())
        var random = SystemRandomNumberGenerator()
        _ = machine.handle(.start, using: &random)
        var waits: [Duration] = []
        for _ in 0..<200 {
            if case .wait(let duration) = machine.handle(.connectFailed, using: &random) { waits.append(duration) }
            _ = machine.handle(.waitOver, using: &random)
        }
        let late = waits.dropFirst(10)
        #expect(late.allSatisfy { $0 >= .seconds(1) && $0 <= .seconds(2) })
        #expect(Set(late).count > 100)
    }
}
