import Foundation
import JobTransport
import Logging
import TestServices
import Testing

/// One node for the suite, made by the first test; each test has a partition of its own.
private let sharedNode = Task { try await RabbitMQNode() }

@Suite(.enabled(if: ServiceRequirement.rabbitMQ.isMet))
struct JobTransportIntegrationTests {
    private func fixture() async throws -> TransportFixture { try TransportFixture(try await sharedNode.value) }

    @Test func answersManyJobsOfAllClassesAtOnce() async throws {
        let fixture = try await fixture()
        let sender = try fixture.sender("many")
        let consumer = try fixture.consumer("many")
        let sizes = Gathered<Int>()
        try await running([consumer, sender]) {
            let answering = Task { await answer(consumer) { sizes.add($0.count) } }
            defer { answering.cancel() }
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        let body = withUnsafeBytes(of: number.bigEndian) { Array($0) }
                        let reply = try await sender.send(
                            body,
                            to: "many",
                            jobClass: JobClass.allCases[number % 3],
                            messageID: .random(),
                            deadline: deadline(in: 20)
                        )
                        return reply == body.reversed()
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(sender.inFlight == 0)
            // Acknowledged, too: nothing is left, and nothing comes again.
            try await eventually("empty queues") {
                try await sender.queueDepths(partition: "many").allSatisfy { $0.messages == 0 && $0.consumers == 1 }
            }
            consumer.pause()
            try await eventually("no consumers") {
                try await sender.queueDepths(partition: "many").allSatisfy { $0.messages == 0 && $0.consumers == 0 }
            }
        }
        let counts = sizes.all
        #expect(counts.reduce(0, +) == 1000)
        #expect(counts.allSatisfy { $0 <= 64 })
        #expect(counts.contains { $0 > 1 }, "what arrived together is one batch")
    }

    @Test func carriesBodiesAboveTheFrameSizeAndRefusesThoseAboveTheLimit() async throws {
        let fixture = try await fixture()
        let sender = try fixture.sender("large")
        let consumer = try fixture.consumer("large")
        try await running([consumer, sender]) {
            let answering = Task { await answer(consumer) }
            defer { answering.cancel() }
            let body = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }
            let reply = try await sender.send(body, to: "large")
            #expect(reply == body.reversed())
            await #expect(throws: JobSendError(.messageTooLarge, mayHaveRun: false)) {
                try await sender.send([UInt8](repeating: 0, count: (4 << 20) + 1), to: "large")
            }
        }
    }

    /// The job does not come again, which would be without end.
    @Test func aReplyAboveTheLimitIsToldOnceAndItsJobDoneWith() async throws {
        let fixture = try await fixture()
        let sender = try fixture.sender("too-large")
        let errors = Gathered<String>()
        let consumer = try JobConsumer(
            configuration: JobConsumer.Configuration(transport: fixture.transport, partition: "too-large"),
            logger: Logger(label: "test") { _ in ErrorLog(errors: errors) }
        )
        let redeliveries = Gathered<Bool>()
        try await running([consumer, sender]) {
            consumer.resume()
            let answering = Task {
                while let batch = await consumer.nextBatch() {
                    for delivery in batch { redeliveries.add(delivery.isRedelivered) }
                    let reply = [UInt8](repeating: 0, count: JobConsumer.largestReply + 1)
                    consumer.settle(batch.map { JobSettlement($0, .reply(reply)) })
                }
            }
            defer { answering.cancel() }
            await #expect(throws: JobSendError(.deadlineExceeded, mayHaveRun: true)) {
                try await sender.send([1], to: "too-large", within: 2)
            }
            try await eventually("an empty queue") {
                try await sender.queueDepths(partition: "too-large").allSatisfy { $0.messages == 0 }
            }
        }
        #expect(redeliveries.all == [false])
        #expect(errors.all == ["a reply is too large to be sent; its job is given up"])
    }

    @Test func tellsAMissingQueueAFullQueueAndAMissingWorkerApart() async throws {
        let fixture = try await fixture()
        let sender = try fixture.sender("full") { $0.transport.topology.jobQueues.maximumLength["interactive"] = 2 }
        try await running([sender]) {
            await #expect(throws: JobSendError(.noRoute, mayHaveRun: false)) {
                try await sender.send([1], to: "nowhere")
            }
            let results = await withTaskGroup(of: JobSendError.Code?.self) { group in
                for number in 0..<6 as Range<UInt8> {
                    group.addTask {
                        do throws(JobSendError) {
                            _ = try await sender.send([number], to: "full", within: 2)
                            return nil
                        } catch {
                            return error.code
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            // The refusals come first: nobody waits for a full queue.
            #expect(
                results == [.serverBusy, .serverBusy, .serverBusy, .serverBusy, .deadlineExceeded, .deadlineExceeded]
            )
            try await eventually("the expiration of what nobody took") {
                try await sender.queueDepths(partition: "full").first?.messages == 0
            }
        }
    }

    @Test func boundsWhatIsInFlightAndLetsCancelledCallersGo() async throws {
        let fixture = try await fixture()
        let sender = try fixture.sender("bound") { $0.maximumInFlight = 2 }
        try await running([sender]) {
            let callers = (0..<2).map { number in
                Task { () -> JobSendError? in
                    do throws(JobSendError) {
                        _ = try await sender.send([UInt8(number)], to: "bound")
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            try await eventually("two jobs in the queue") {
                try await sender.queueDepths(partition: "bound").first?.messages == 2
            }
            await #expect(throws: JobSendError(.serverBusy, mayHaveRun: false)) {
                try await sender.send([3], to: "bound")
            }
            for caller in callers { caller.cancel() }
            for caller in callers { #expect(await caller.value == JobSendError(.cancelled, mayHaveRun: true)) }
            #expect(sender.inFlight == 0)
        }
    }

    @Test func aGracefulShutdownWaitsForWhatIsInFlight() async throws {
        let fixture = try await fixture()
        let sender = try fixture.sender("drain")
        let consumer = try fixture.consumer("drain")
        try await running([consumer]) {
            consumer.resume()
            let caller = Task { try await sender.send([1, 2], to: "drain") }
            try await running([sender]) {
                guard let batch = await consumer.nextBatch() else { throw TestServiceError("no batch") }
                Task {
                    try await Task.sleep(for: .milliseconds(300))
                    consumer.settle(batch.map { JobSettlement($0, .reply([9])) })
                }
            }
            #expect(try await caller.value == [9])
            await #expect(throws: JobSendError(.shuttingDown, mayHaveRun: false)) {
                try await sender.send([1], to: "drain")
            }
        }
        #expect(await consumer.nextBatch() == nil)
    }

    @Test func aDeadWorkersJobsComeAgainEachAlone() async throws {
        let fixture = try await fixture()
        let sender = try fixture.sender("death")
        let dying = try fixture.consumer("death")
        let surviving = try fixture.consumer("death")
        try await running([sender, surviving]) {
            let death = Task { try await dying.run() }
            dying.resume()
            let callers = (0..<4).map { number in Task { try await sender.send([UInt8(number)], to: "death") } }
            var taken: [JobDelivery] = []
            while taken.count < 4 { taken += await dying.nextBatch() ?? [] }
            #expect(taken.allSatisfy { !$0.isRedelivered && $0.expectsReply && $0.messageID != nil })
            death.cancel()
            try await death.value
            surviving.resume()
            for _ in 0..<4 {
                let batch = await surviving.nextBatch() ?? []
                #expect(batch.map { $0.isRedelivered } == [true])
                surviving.settle(batch.map { JobSettlement($0, .reply($0.body)) })
            }
            // Too late, and on a connection that is gone: dropped.
            dying.settle(taken.map { JobSettlement($0, .reply([99])) })
            for (number, caller) in callers.enumerated() { #expect(try await caller.value == [UInt8(number)]) }
        }
    }

    @Test func aPausedWorkerGivesBackWhatItHasNotBegun() async throws {
        let fixture = try await fixture()
        let sender = try fixture.sender("pause")
        let consumer = try fixture.consumer("pause") { $0.maximumBatch = 1 }
        try await running([sender, consumer]) {
            consumer.resume()
            let callers = (0..<3).map { number in Task { try await sender.send([UInt8(number)], to: "pause") } }
            let first = await consumer.nextBatch() ?? []
            #expect(first.count == 1)
            consumer.pause()
            try await eventually("two jobs back in the queue") {
                let depth = try await sender.queueDepths(partition: "pause").first
                return depth?.messages == 2 && depth?.consumers == 0
            }
            consumer.settle(first.map { JobSettlement($0, .reply($0.body)) })
            consumer.resume()
            for _ in 0..<2 {
                let batch = await consumer.nextBatch() ?? []
                consumer.settle(batch.map { JobSettlement($0, .reply($0.body)) })
            }
            for (number, caller) in callers.enumerated() { #expect(try await caller.value == [UInt8(number)]) }
        }
    }

    @Test func theFleetIsHeardByAllAndAuditCopiesByNoneOfThem() async throws {
        let fixture = try await fixture()
        let worker = try fixture.link([])
        let gateways = [try fixture.link(["heartbeat.east", "notice.east.#"]), try fixture.link(["heartbeat.*"])]
        let notices = gateways[0].listen(prefix: "notice.")
        let all = gateways.map { $0.listen() }
        #expect(!worker.publisher.publish([0], routingKey: "heartbeat.east"), "not connected")
        try await running([worker] + gateways) {
            try await eventually("connections") { worker.isConnected && gateways.allSatisfy(\.isConnected) }
            for (number, key) in ["heartbeat.east", "notice.east.certificate", "heartbeat.west"].enumerated() {
                #expect(worker.publisher.publish([UInt8(number)], routingKey: key))
            }
            #expect(worker.audit.publish([7], routingKey: "heartbeat.east"))
            #expect(worker.publisher.publish([8], routingKey: "heartbeat.east"))
            #expect(try await messages(2, of: all[0]).map(\.body) == [[0], [1]])
            #expect(try await messages(1, of: all[0]).map(\.body) == [[8]])
            #expect(try await messages(3, of: all[1]).map(\.body) == [[0], [2], [8]])
            #expect(try await messages(1, of: notices).map(\.routingKey) == ["notice.east.certificate"])
        }
        var iterator = notices.makeAsyncIterator()
        #expect(await iterator.next() == nil)
    }

    private func messages(_ count: Int, of feed: FleetFeed) async throws -> [FleetMessage] {
        var messages: [FleetMessage] = []
        for await case .message(let message) in feed {
            messages.append(message)
            if messages.count == count { break }
        }
        return messages
    }
}

/// Keeps what is logged as an error.
private struct ErrorLog: LogHandler {
    let errors: Gathered<String>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.error

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        errors.add(event.message.description)
    }
}
