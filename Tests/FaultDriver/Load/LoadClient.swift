import FaultChecker
import KMIP

/// A client of the steady load: what it does next is drawn from the seed.
///
/// Every key that any gateway has just acknowledged is read back by every gateway, and asked for again until something
/// certain is answered; that comes before a client's next step, while other clients may already be at the same key.
struct LoadClient {
    private enum Step {
        case create, playVCenter, get, state, activate, revoke, destroy, locate
    }

    /// How often each step comes, by weight: keys live, and most of them are not destroyed.
    private static let weights: [(step: Step, weight: Int)] = [
        (.create, 8), (.playVCenter, 1), (.get, 3), (.state, 3), (.activate, 3), (.revoke, 2), (.destroy, 1),
        (.locate, 2),
    ]
    private static let steps = weights.flatMap { Array(repeating: $0.step, count: $0.weight) }

    /// Items of one message, at most.
    private static let mostItems = 8
    /// Between two messages, at most, in milliseconds; and before a client that got no answer tries again, at least.
    private static let longestPause = 60
    private static let retryPause = 200

    /// Tells serial numbers of different clients apart.
    let name: String
    let client: RecordingClient
    let pool: KeyPool
    let recorder: Recorder
    private var generator: SeededGenerator
    private var count = 0

    init(
        name: String,
        client: RecordingClient,
        pool: KeyPool,
        recorder: Recorder,
        generator: SeededGenerator
    ) {
        self.name = name
        self.client = client
        self.pool = pool
        self.recorder = recorder
        self.generator = generator
    }

    mutating func run() async {
        while !recorder.isOver {
            guard await client.connect() else {
                try? await Task.sleep(for: .milliseconds(50))
                continue
            }
            let unclear = client.unclearCount
            let new = pool.takeNewKeys(for: client.gateway, atMost: 32)
            if new.isEmpty {
                await takeStep()
            } else {
                await readBack(new)
            }
            let pause = Int.random(in: 0...Self.longestPause, using: &generator)
            let isRetry = client.unclearCount > unclear
            try? await Task.sleep(for: .milliseconds(pause + (isRetry ? Self.retryPause : 0)))
        }
        await client.disconnect()
    }

    private func readBack(_ identifiers: [String]) async {
        guard let outcomes = await client.perform(identifiers.map { .get($0) }) else {
            return pool.putBack(identifiers, for: client.gateway)
        }
        let unclear = zip(identifiers, outcomes).filter { if case .unclear = $0.1 { true } else { false } }
        pool.putBack(unclear.map(\.0), for: client.gateway)
    }

    private mutating func takeStep() async {
        let step = Self.steps.randomElement(using: &generator) ?? .create
        let itemCount = Int.random(in: 1...Self.mostItems, using: &generator)
        let keys = pool.anyKeys(itemCount, &generator)
        switch step {
        case .create: await create(itemCount)
        case .playVCenter: await playVCenter()
        case .get: await client.perform(keys.map { .get($0.identifier) })
        case .state: await client.perform(keys.map { .state($0.identifier) })
        case .activate: await client.perform(keys.map { .activate($0.identifier) })
        case .revoke: await client.perform(keys.map { .revoke($0.identifier) })
        case .destroy: await client.perform(keys.prefix(2).map { .destroy($0.identifier) })
        case .locate: await client.perform(keys.map { .locate(serial: $0.serial) })
        }
    }

    private mutating func create(_ itemCount: Int) async {
        let serials = (0..<itemCount).map { _ in nextSerial() }
        guard let outcomes = await client.perform(serials.map { .create(serial: $0) }) else { return }
        pool.add(keys(serials, outcomes))
    }

    /// What a vCenter says when it encrypts a VM: KMIP 1.1, one item a message, connections of a few messages that begin
    /// with Discover Versions. Beside that, the key has its serial number from the start.
    private mutating func playVCenter() async {
        let serial = nextSerial()
        await client.disconnect()
        guard let outcomes = await play([.create(serial: serial)]), let key = keys([serial], outcomes).first else {
            return
        }
        pool.add([key])
        let identifier = key.identifier
        guard await play([.get(identifier), .state(identifier), .activate(identifier)]) != nil,
            await play([.addAttribute(identifier)]) != nil
        else { return }
        _ = await play([.get(identifier), .state(identifier)])
    }

    /// - Returns: nil as soon as something is not answered.
    private func play(_ requests: [HistoryEntry.Request]) async -> [HistoryEntry.Outcome]? {
        guard await client.connect() else { return nil }
        await client.discoverVersions()
        var outcomes: [HistoryEntry.Outcome] = []
        for request in requests {
            guard let outcome = await client.perform([request], version: .v11)?.first else { return nil }
            switch outcome {
            case .unclear, .wrong: return nil
            default: outcomes.append(outcome)
            }
        }
        await client.disconnect()
        return outcomes
    }

    private mutating func nextSerial() -> String {
        count += 1
        return "\(name)-\(count)"
    }

    private func keys(_ serials: [String], _ outcomes: [HistoryEntry.Outcome]) -> [KeyPool.Key] {
        zip(serials, outcomes).compactMap { serial, outcome in
            guard case .created(let identifier) = outcome else { return nil }
            return KeyPool.Key(serial: serial, identifier: identifier)
        }
    }
}
