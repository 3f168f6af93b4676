import AMQPClient
import Foundation
import JobTransport
import Logging
import ServiceLifecycle
import Synchronization
import TestServices

/// Senders, consumers and links that run until their test ends.
struct TransportFixture: Sendable {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let transport: JobTransportConfiguration

    init(_ node: RabbitMQNode) throws {
        var brokers = AMQPConfiguration(
            endpoints: [AMQPEndpoint(host: "127.0.0.1", port: node.port)],
            authentication: .credentialsFile(path: node.credentialsPath),
            connectionName: "test"
        )
        brokers.limits.heartbeatSeconds = 1
        transport = try JobTransportConfiguration(brokers: brokers)
    }

    func sender(_ partition: String, _ change: (inout JobSender.Configuration) -> Void = { _ in }) throws -> JobSender {
        var configuration = JobSender.Configuration(transport: transport, partitions: [partition])
        change(&configuration)
        return try JobSender(configuration: configuration, logger: Self.logger)
    }

    func consumer(
        _ partition: String,
        _ change: (inout JobConsumer.Configuration) -> Void = { _ in }
    ) throws -> JobConsumer {
        var configuration = JobConsumer.Configuration(transport: transport, partition: partition)
        change(&configuration)
        return try JobConsumer(configuration: configuration, logger: Self.logger)
    }

    func link(_ routingKeys: [String]) throws -> FleetLink {
        let configuration = FleetLink.Configuration(transport: transport, routingKeys: routingKeys)
        return try FleetLink(configuration: configuration, logger: Self.logger)
    }
}

/// Runs services in a group while a body runs, then shuts the group down gracefully.
func running(_ services: [any Service], _ body: () async throws -> Void) async throws {
    let group = ServiceGroup(
        configuration: .init(services: services.map { .init(service: $0) }, logger: TransportFixture.logger)
    )
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        do {
            try await body()
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

/// Answers every job with its body reversed, until the consumer ends.
func answer(_ consumer: JobConsumer, seen: (@Sendable ([JobDelivery]) -> Void)? = nil) async {
    consumer.resume()
    while let batch = await consumer.nextBatch() {
        seen?(batch)
        consumer.settle(batch.map { JobSettlement($0, .reply($0.body.reversed())) })
    }
}

/// What concurrent tasks gather.
final class Gathered<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])

    func add(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }
}

/// Milliseconds since 1970, so many seconds from now.
func deadline(in seconds: Double) -> Int64 { Int64((Date().timeIntervalSince1970 + seconds) * 1000) }

/// Waits until a condition holds, at most 30 s. An error counts as "not yet".
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    for _ in 0..<3000 {
        if (try? await condition()) == true { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw TestServiceError("waited in vain for \(what)")
}

extension JobSender {
    func send(_ body: [UInt8], to partition: String, within seconds: Double = 20) async throws(JobSendError) -> [UInt8]
    {
        try await send(
            body,
            to: partition,
            jobClass: .interactive,
            messageID: .random(),
            deadline: deadline(in: seconds)
        )
    }
}
