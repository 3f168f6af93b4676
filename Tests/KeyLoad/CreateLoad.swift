import KMIP
package import KMIPClient
import Synchronization
import TTLV

/// Clients that create keys as fast as they are answered, each key marked with a serial number of its own, and the count
/// afterwards of what was promised.
package struct CreateLoad: Sendable {
    /// Connects as the client that the keys are for.
    ///
    /// Its argument counts the load's clients from 0.
    package typealias Connecting = @Sendable (Int) async throws -> KMIPConnection

    package struct Result: Sendable, Codable {
        /// Identifiers by serial number.
        package var acknowledged: [String: String] = [:]
        /// Sent, and no success came back: such a key may be, once, or not.
        package var unanswered: Set<String> = []
        /// How often clients saw what go wrong, connecting included.
        package var failures: [String: Int] = [:]
        /// The longest time in which no client was promised a key.
        package var longestPauseMilliseconds = 0
    }

    static let mark = AttributeName("x-Serial")

    private let connect: Connecting
    package var clientCount = 8
    /// After so many keys a client makes a new connection; nil: when it must. vCenter's last for a few messages.
    package var keysPerConnection: Int?

    package init(connect: @escaping Connecting) {
        self.connect = connect
    }

    /// Creates until `disturb` has ended and so many keys more are acknowledged.
    ///
    /// - Throws: what `disturb` threw, or `KeyLoadError` where the load does not go on within `limit`.
    package func run(
        andMore count: Int = 50,
        within limit: Duration = .seconds(60),
        while disturb: (CreateProgress) async throws -> Void
    ) async throws -> Result {
        let progress = CreateProgress()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<clientCount {
                group.addTask { await create(number, progress) }
            }
            do {
                try await disturb(progress)
                let goal = progress.acknowledgedCount + count
                let deadline = ContinuousClock.now + limit
                while progress.acknowledgedCount < goal {
                    guard ContinuousClock.now < deadline else { throw KeyLoadError("the load does not go on") }
                    try await Task.sleep(for: .milliseconds(50))
                }
            } catch {
                progress.stop()
                throw error
            }
            progress.stop()
            try await group.waitForAll()
            return progress.result
        }
    }

    private func create(_ number: Int, _ progress: CreateProgress) async {
        var connection: KMIPConnection?
        var count = 0
        while !progress.isOver {
            do {
                if connection == nil { connection = try await connect(number) }
            } catch {
                progress.noteFailure("connecting: \(Self.summary(error))")
                try? await Task.sleep(for: .milliseconds(50))
            }
            guard let open = connection else { continue }
            let serial = "\(number)-\(count)"
            count += 1
            do {
                progress.acknowledge(serial, try await createKey(serial, over: open))
                guard let keysPerConnection, count.isMultiple(of: keysPerConnection) else { continue }
                await open.close()
                connection = nil
            } catch {
                progress.giveUp(serial, "creating: \(Self.summary(error))")
                await open.close()
                connection = nil
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
        await connection?.close()
    }

    private func createKey(_ serial: String, over connection: KMIPConnection) async throws -> String {
        try await KMIPConversation(over: connection, version: .v14)
            .create(
                .aes,
                length: 256,
                usage: [.encrypt, .decrypt],
                attributes: [Attribute(Self.mark, .text(serial))]
            )
            .uniqueIdentifier
    }

    /// Without addresses and ports, so that equal failures count together.
    private static func summary(_ error: any Error) -> String {
        guard let error = error as? KMIPClientError else { return "\(error)" }
        return KMIPClientError(error.code).description
    }
}

/// How far a load is.
package final class CreateProgress: Sendable {
    private struct State {
        var result = CreateLoad.Result()
        var isOver = false
        var lastAcknowledged: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    package var result: CreateLoad.Result { state.withLock { $0.result } }
    package var acknowledgedCount: Int { state.withLock { $0.result.acknowledged.count } }
    package var failureCount: Int { state.withLock { $0.result.failures.values.reduce(0, +) } }
    var isOver: Bool { state.withLock { $0.isOver } }

    func acknowledge(_ serial: String, _ identifier: String) {
        let now = ContinuousClock.now
        state.withLock { state in
            state.result.acknowledged[serial] = identifier
            let pause = now - (state.lastAcknowledged ?? now)
            let milliseconds = Int(pause / .milliseconds(1))
            state.result.longestPauseMilliseconds = max(state.result.longestPauseMilliseconds, milliseconds)
            state.lastAcknowledged = now
        }
    }

    func giveUp(_ serial: String, _ failure: String) {
        state.withLock { state in
            state.result.unanswered.insert(serial)
            state.result.failures[failure, default: 0] += 1
        }
    }

    func noteFailure(_ failure: String) {
        state.withLock { $0.result.failures[failure, default: 0] += 1 }
    }

    func stop() { state.withLock { $0.isOver = true } }
}
