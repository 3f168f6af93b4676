import AMQPClient
import JobTransport
import TestServices
import Testing

/// What callers notice of a broker that dies or freezes. Each test has a node of its own.
@Suite(.serialized, .enabled(if: ServiceRequirement.rabbitMQ.isMet))
struct BrokerOutageIntegrationTests {
    @Test func jobsWithinTheirDeadlineSurviveAKilledBroker() async throws {
        let node = try await RabbitMQNode()
        let fixture = try TransportFixture(node)
        let sender = try fixture.sender("p") { $0.outage = .seconds(30) }
        let consumer = try fixture.consumer("p")
        let link = try fixture.link(["heartbeat.*"])
        let outcomes = Gathered<Result<Bool, JobSendError>>()
        try await running([consumer, sender, link]) {
            let answering = Task { await answer(consumer) }
            defer { answering.cancel() }
            let load = Task {
                await withTaskGroup(of: Void.self) { group in
                    for caller in 0..<32 as Range<UInt8> {
                        group.addTask {
                            for number in 0..<255 as Range<UInt8> where !Task.isCancelled {
                                let body = [caller, number]
                                do throws(JobSendError) {
                                    let reply = try await sender.send(body, to: "p", within: 40)
                                    outcomes.add(.success(reply == body.reversed()))
                                } catch {
                                    outcomes.add(.failure(error))
                                }
                                try? await Task.sleep(for: .milliseconds(20))
                            }
                        }
                    }
                }
            }
            try await eventually("load") { outcomes.all.count > 500 }
            await node.kill()
            try await eventually("jobs in flight") { sender.inFlight == 32 }
            try await node.start()
            await load.value
            #expect(outcomes.all.count == 32 * 255)
            #expect(outcomes.all.filter { $0 != .success(true) } == [])
            try await eventually("an empty queue") {
                try await sender.queueDepths(partition: "p").allSatisfy { $0.messages == 0 }
            }
            // A feed tells a gap for every new connection.
            var iterator = link.listen().makeAsyncIterator()
            #expect(await iterator.next() == .gap)
        }
        await node.end()
    }

    @Test func aFrozenBrokerBlocksNobody() async throws {
        let node = try await RabbitMQNode()
        let fixture = try TransportFixture(node)
        let sender = try fixture.sender("p") { $0.outage = .seconds(1) }
        let consumer = try fixture.consumer("p")
        try await running([consumer, sender]) {
            let answering = Task { await answer(consumer) }
            defer { answering.cancel() }
            #expect(try await sender.send([1, 2], to: "p") == [2, 1])
            node.freeze()
            await #expect(throws: JobSendError(.deadlineExceeded, mayHaveRun: true)) {
                try await sender.send([UInt8](repeating: 1, count: 1 << 20), to: "p", within: 1)
            }
            // Sooner or later the silence is noticed, and from then on the answer comes at once.
            try await eventually("an honest refusal") {
                do throws(JobSendError) {
                    _ = try await sender.send([1], to: "p", within: 0.5)
                    return false
                } catch {
                    return error.code == .brokerUnavailable
                }
            }
            node.thaw()
            try await eventually("an answer") { (try? await sender.send([1, 2], to: "p", within: 1)) == [2, 1] }
        }
        await node.end()
    }

    /// A broker above its memory limit stops reading from whoever publishes.
    @Test func aBrokerShortOfMemoryIsServerBusyAtOnce() async throws {
        let node = try await RabbitMQNode()
        let fixture = try TransportFixture(node)
        let sender = try fixture.sender("p")
        let consumer = try fixture.consumer("p")
        try await running([consumer, sender]) {
            let answering = Task { await answer(consumer) }
            defer { answering.cancel() }
            #expect(try await sender.send([1, 2], to: "p") == [2, 1])
            try await node.control(["set_vm_memory_high_watermark", "absolute", "1MB"])
            // The first publishes after the alarm are those that the broker blocks.
            try await eventually("a refusal") {
                do throws(JobSendError) {
                    _ = try await sender.send([1], to: "p", within: 0.2)
                    return false
                } catch {
                    return error == JobSendError(.serverBusy, mayHaveRun: false)
                }
            }
            await #expect(throws: AMQPClientError(.brokerBlocked, operation: "")) {
                try await sender.queueDepths(partition: "p")
            }
            try await node.control(["set_vm_memory_high_watermark", "0.4"])
            try await eventually("an answer") { try await sender.send([1, 2], to: "p", within: 1) == [2, 1] }
        }
        await node.end()
    }
}
