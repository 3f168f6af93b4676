import AMQPClient
import Cryptography
import Foundation
import JobSealing
import JobTransport
import KeyModel
import LocalSite
import Logging
import PipelineSite
import ServiceLifecycle
import Synchronization

/// Somebody who has a front's identity and the broker's password, and sends what no front would. It speaks to the site's
/// real broker with the project's own transport and sealing.
struct RogueFront {
    /// Milliseconds since 1970.
    static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }

    let credential: ServiceCredential
    /// What workers name in their heartbeats.
    let ticketKey: [UInt8]
    let sender: JobSender
    let transport: JobTransportConfiguration

    var partition: PartitionName { credential.trust.partition }

    func ticket(now: Int64 = now) throws -> IssuedTicket {
        try credential.makeTicket(ticketKey: ticketKey, carriesTransportKey: true, now: now)
    }

    func header(_ jobClass: JobSealing.JobClass = .interactive, id: MessageID, seconds: Int64 = 30) -> MessageHeader {
        MessageHeader(
            partition: partition,
            jobClass: jobClass,
            messageID: id.bytes,
            deadline: Self.now + seconds * 1_000
        )
    }

    /// Sends any bytes under a message id, and gives back what the worker answers.
    func send(
        _ bytes: [UInt8],
        id: MessageID,
        jobClass: JobTransport.JobClass = .interactive
    ) async throws -> [UInt8] {
        try await sender.send(
            bytes,
            to: partition.text,
            jobClass: jobClass,
            messageID: id,
            deadline: Self.now + 20_000
        )
    }

    /// Sends a sealed job as it is, and opens the reply.
    func exchange(_ job: SealedJobInFlight, id: MessageID) async throws -> JobReply {
        try job.openReply(await send(job.bytes, id: id))
    }

    /// A front with the stolen identity `role` of a site, as long as `body` runs.
    static func with<Value: Sendable>(
        _ role: ServiceRole,
        of site: PipelineSite,
        _ body: (RogueFront) async throws -> Value
    ) async throws -> Value {
        let logger = Logger(label: "rogue") { _ in SwiftLogNoOpLogHandler() }
        let brokers = AMQPConfiguration(
            endpoints: [AMQPEndpoint(host: "127.0.0.1", port: site.broker.port)],
            authentication: .credentialsFile(path: site.home + "/broker.credentials"),
            connectionName: "rogue"
        )
        let transport = try JobTransportConfiguration(brokers: brokers)
        let credential = try stolenCredential(role, of: site)
        let partition = credential.trust.partition.text
        let sender = try JobSender(configuration: .init(transport: transport, partitions: [partition]), logger: logger)
        let link = try FleetLink(
            configuration: .init(transport: transport, routingKeys: ["heartbeat.\(partition)"]),
            logger: logger
        )
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: sender), .init(service: link)], logger: logger)
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Result<Value, any Error>
            do {
                let ticketKey = try await heardTicketKey(link, credential.trust)
                let front = RogueFront(
                    credential: credential,
                    ticketKey: ticketKey,
                    sender: sender,
                    transport: transport
                )
                result = .success(try await body(front))
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try result.get()
        }
    }

    private static func stolenCredential(_ role: ServiceRole, of site: PipelineSite) throws -> ServiceCredential {
        func certificate(_ path: String) throws -> Certificate {
            try Certificate(pem: String(contentsOfFile: site.home + path, encoding: .utf8))
        }
        guard let partition = PartitionName("main") else { throw PipelineSiteError("no partition") }
        return try ServiceCredential(
            key: PrivateKey(pemFile: site.home + "/identities/\(role.rawValue).key"),
            certificate: certificate("/identities/\(role.rawValue).pem"),
            trust: ServiceTrust(authority: certificate("/authorities/services.pem"), partition: partition),
            role: role,
            now: now
        )
    }

    private static func heardTicketKey(_ link: FleetLink, _ trust: ServiceTrust) async throws -> [UInt8] {
        var verifier = FleetVerifier(trust: trust)
        for await case .message(let message) in link.listen() {
            let (word, _, _) = try verifier.verify(message.body, now: now)
            if case .heartbeat(let heartbeat) = word { return heartbeat.ticketKeyCertificate }
        }
        throw PipelineSiteError("no worker was heard")
    }
}

/// Somebody who takes jobs off the queue beside the workers, as whoever runs the broker could, and answers each as he likes.
struct RogueBroker {
    private final class Taken: Sendable {
        let count = Mutex(0)
    }

    /// - Parameter answer: is given the job's body, and gives what goes to the front that sent it.
    /// - Returns: what `body` gives, and how many jobs were taken.
    static func with<Value: Sendable>(
        _ front: RogueFront,
        answer: @escaping @Sendable ([UInt8]) -> [UInt8],
        _ body: @Sendable (_ taken: @Sendable () -> Int) async throws -> Value
    ) async throws -> Value {
        let logger = Logger(label: "rogue") { _ in SwiftLogNoOpLogHandler() }
        let consumer = try JobConsumer(
            configuration: .init(transport: front.transport, partition: front.partition.text),
            logger: logger
        )
        let group = ServiceGroup(configuration: .init(services: [.init(service: consumer)], logger: logger))
        let taken = Taken()
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                consumer.resume()
                while let batch = await consumer.nextBatch() {
                    consumer.settle(batch.map { JobSettlement($0, .reply(answer($0.body))) })
                    taken.count.withLock { $0 += batch.count }
                }
            }
            let result: Result<Value, any Error>
            do {
                result = .success(try await body { taken.count.withLock { $0 } })
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try result.get()
        }
    }
}
