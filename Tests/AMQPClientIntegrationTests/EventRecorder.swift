import AMQPClient
import Synchronization
import TestServices

/// Keeps a connection's events and lets a test wait for one.
final class EventRecorder: Sendable {
    private let events = Mutex<[AMQPEvent]>([])

    func record(_ new: [AMQPEvent]) { events.withLock { $0 += new } }

    var all: [AMQPEvent] { events.withLock { $0 } }

    var deliveries: [AMQPDelivery] {
        all.compactMap { event in
            guard case .delivered(let delivery) = event else { return nil }
            return delivery
        }
    }

    var confirmed: [UInt64] {
        all.flatMap { event -> [UInt64] in
            guard case .confirmed(_, let tokens) = event else { return [] }
            return tokens
        }
    }

    var refused: [UInt64] {
        all.flatMap { event -> [UInt64] in
            guard case .refused(_, let tokens) = event else { return [] }
            return tokens
        }
    }

    /// The generation of the connection that is up, if one is.
    var generation: UInt64? {
        for event in all.reversed() {
            switch event {
            case .connected(let generation, _): return generation
            case .lost: return nil
            default: continue
            }
        }
        return nil
    }

    /// The error of the last failure to connect.
    var connectError: AMQPClientError? {
        for case .connectFailed(_, let error, _) in all.reversed() { return error }
        return nil
    }

    /// Waits until a condition holds, at most 30 s.
    func wait<Value: Sendable>(
        for what: String,
        _ condition: @Sendable (EventRecorder) -> Value?
    ) async throws -> Value {
        for _ in 0..<3000 {
            if let value = condition(self) { return value }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw TestServiceError("waited in vain for \(what); events: \(all.suffix(5))")
    }
}

/// A connection with its outbox and recorder.
struct TestConnection: Sendable {
    let outbox: AMQPOutbox
    let events = EventRecorder()
    let connection: AMQPConnection

    init(_ configuration: AMQPConfiguration, plan: AMQPSessionPlan = AMQPSessionPlan()) throws {
        outbox = try AMQPOutbox(limits: configuration.limits)
        connection = try AMQPConnection(
            configuration: configuration,
            plan: plan,
            outbox: outbox,
            onEvents: { [events] in events.record($0) }
        )
        connection.start()
    }

    /// Waits until the connection is up.
    @discardableResult
    func up(after earlier: UInt64 = 0) async throws -> UInt64 {
        try await events.wait(for: "a connection") { events in
            events.generation.flatMap { $0 > earlier ? $0 : nil }
        }
    }
}

extension RabbitMQNode {
    func configuration(_ name: String = "test") -> AMQPConfiguration {
        AMQPConfiguration(
            endpoints: [AMQPEndpoint(host: "127.0.0.1", port: port)],
            authentication: .credentialsFile(path: credentialsPath),
            connectionName: name
        )
    }
}
