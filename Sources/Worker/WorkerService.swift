import FaultPoints
import HSM
import JobTransport
import KeyModel
import Logging
import PipelineMembership
import ServiceBootstrap
import ServiceLifecycle

/// The loop of a worker: batches from the queue to the core and replies back, a heartbeat once a second.
struct WorkerService: Service {
    let core: WorkerCore
    let condition: WorkerCondition
    let consumer: JobConsumer
    let link: FleetLink
    let membership: Membership
    let logger: Logger
    /// Milliseconds since 1970.
    let clock: @Sendable () -> Int64

    func run() async throws {
        let outcome = await withTaskGroup(of: Result<Void, any Error>.self) { group in
            group.addTask {
                await work()
                return .success(())
            }
            group.addTask {
                do {
                    return .success(try await beat())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await rewrap()
                return .success(())
            }
            group.addTask {
                try? await gracefulShutdown()
                return .success(())
            }
            // The first to end ends all: a shutdown, the consumer's end, or an HSM that no waiting mends. A batch in
            // hand is finished; what was not handed out the consumer gives back, which is stopped after this service.
            let first = await group.next() ?? .success(())
            consumer.pause()
            group.cancelAll()
            await group.waitForAll()
            return first
        }
        await core.close()
        if case .failure(let error) = outcome { throw WorkerFailure.describe(error) }
    }

    private func work() async {
        while let batch = await consumer.nextBatch() {
            FaultPoint.batchReceived.reached()
            var rest = batch
            while !rest.isEmpty {
                // Between two turns the heartbeat has its own.
                let (dispositions, notices) = await core.process(rest.map { ReceivedJob($0) })
                publish(notices)
                let settled = Array(zip(rest, dispositions))
                consumer.settle(
                    settled.compactMap { job, disposition in disposition.map { JobSettlement(job, $0.outcome) } }
                )
                FaultPoint.repliesHandedOver.reached()
                rest = settled.filter { $0.1 == nil }.map(\.0)
                if dispositions.contains(.giveBack) {
                    consumer.settle(rest.map { JobSettlement($0, .requeue) })
                    rest = []
                    await pauseUntilHealthy()
                }
            }
            do {
                try await core.maintain()
            } catch {
                // The heartbeat finds the same, and ends the process.
                logger.error("the HSM can't be maintained", metadata: ["error": "\(error)"])
            }
        }
    }

    private func publish(_ notices: [[UInt8]]) {
        for notice in notices {
            link.publisher.publish(notice, routingKey: "notice.\(membership.partition).authority")
        }
    }

    /// Moves keys under the current versions of their root keys, in steps for which nobody waits long.
    private func rewrap() async {
        var jobsDone: UInt64 = 0
        while !Task.isCancelled {
            let begin = ContinuousClock.now
            let step = await core.rewrapStep()
            let pause = RewrapPace.pause(
                after: begin.duration(to: .now),
                isAway: step.isAway,
                jobs: step.jobsDone - min(jobsDone, step.jobsDone)
            )
            jobsDone = step.jobsDone
            if pause > .zero { try? await Task.sleep(for: pause) }
        }
    }

    /// Takes no jobs while they would only be given back: other workers may be able to do them.
    private func pauseUntilHealthy() async {
        consumer.pause()
        logger.warning("takes no jobs until the HSM and the store work again")
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(200))
            if let (_, health) = try? await core.heartbeat(now: clock()), health == .healthy { break }
        }
        consumer.resume()
    }

    /// Says once a second how this worker is, and takes jobs as long as it is well.
    private func beat() async throws {
        var isTaking: Bool?
        while !Task.isCancelled {
            let (message, health) = try await core.heartbeat(now: clock())
            condition.examined(health)
            let isHealthy = health == .healthy
            link.publisher.publish(message, routingKey: "heartbeat.\(membership.partition)")
            publish(await core.takeNotices())
            if isHealthy != isTaking {
                isHealthy ? consumer.resume() : consumer.pause()
                logger.notice(isHealthy ? "healthy: takes jobs" : "not healthy: takes no jobs")
                isTaking = isHealthy
            }
            if isHealthy { publish(await core.continueOrders()) }
            guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
        }
    }
}

extension ReceivedJob {
    fileprivate init(_ delivery: JobDelivery) {
        self.init(
            body: delivery.body,
            isRedelivered: delivery.isRedelivered,
            messageID: delivery.messageID?.bytes ?? [],
            expiration: delivery.expiration
        )
    }
}

extension Disposition {
    var outcome: JobSettlement.Outcome {
        switch self {
        case .reply(let bytes): .reply(bytes)
        case .drop: .discard
        case .giveBack: .requeue
        }
    }
}
