import JobSealing
package import JobTransport
package import KeyModel
package import Logging
import Monitoring
import ServiceLifecycle
import Synchronization

/// What a front must do because something changed.
package enum FleetChange: Sendable {
    case notice(ChangeNotice)
    /// Notices may have been missed: ask again about everything.
    case mayHaveMissedSome
}

/// Listens to the fleet for a dispatcher, and says once a second that this front is there.
package struct FleetWatch: Service {
    private let dispatcher: JobDispatcher
    private let link: FleetLink
    private let endpoint: FrontEndpoint
    private let openConnections: @Sendable () -> Int
    private let onChange: @Sendable (FleetChange) async -> Void
    private let logger: Logger
    private let disbelief = RepeatedEventLog()
    private let clocks = RepeatedEventLog()

    /// - Parameters:
    ///   - link: listens to `routingKeys(partition:)`.
    ///   - endpoint: what this front shows to its clients.
    ///   - onChange: is awaited before the next message is looked at.
    package init(
        dispatcher: JobDispatcher,
        link: FleetLink,
        endpoint: FrontEndpoint,
        openConnections: @escaping @Sendable () -> Int,
        onChange: @escaping @Sendable (FleetChange) async -> Void,
        logger: Logger
    ) {
        self.dispatcher = dispatcher
        self.link = link
        self.endpoint = endpoint
        self.openConnections = openConnections
        self.onChange = onChange
        self.logger = logger
    }

    /// What a front of the partition listens to.
    package static func routingKeys(partition: String) -> [String] {
        ["heartbeat.\(partition)", "notice.\(partition).#"]
    }

    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await listen() }
            group.addTask { await beat() }
            group.addTask { await watchQueues() }
            try? await gracefulShutdown()
            group.cancelAll()
        }
    }

    private func listen() async {
        var verifier = FleetVerifier(trust: dispatcher.credential.trust)
        var generation: UInt64 = 0
        for await item in link.listen() {
            switch item {
            case .gap: await onChange(.mayHaveMissedSome)
            case .message(let message): await hear(message, &verifier, &generation)
            }
        }
    }

    /// - Parameter generation: the newest authority that was heard of. A heartbeat that knows a newer one tells of a
    ///   change without a notice, such as one that set-up made.
    private func hear(_ message: FleetMessage, _ verifier: inout FleetVerifier, _ generation: inout UInt64) async {
        let wall = ClockReading.wall
        let monotonic = ClockReading.monotonic
        do {
            let (word, _, followsGap) = try verifier.verify(message.body, now: wall)
            switch word {
            case .heartbeat(let heartbeat):
                dispatcher.fleet.withLock { $0.hear(heartbeat, monotonic: monotonic, wall: wall) }
                let isNews = heartbeat.authorityGeneration > generation
                generation = max(generation, heartbeat.authorityGeneration)
                if followsGap || isNews { await onChange(.mayHaveMissedSome) }
            case .front(let front):
                dispatcher.fleet.withLock { $0.hear(front, monotonic: monotonic) }
            case .change(let notice):
                generation = max(generation, notice.authorityGeneration)
                await onChange(.notice(notice))
                if followsGap { await onChange(.mayHaveMissedSome) }
            }
        } catch {
            tell("\(error)", verifier.clockAhead)
        }
    }

    /// One line at once and then one a minute, of each kind.
    ///
    /// - Parameter clock: whose time made the message be refused, where that is why.
    private func tell(_ reason: String, _ clock: FleetVerifier.ClockAhead?) {
        if let clock {
            guard let times = clocks.happened() else { return }
            logger.warning(
                "a fleet message is not believed: its time is too far ahead; set its sender's clock, or this machine's",
                metadata: [
                    "sender": "\(clock.name)", "fingerprint": "\(clock.fingerprint)",
                    "milliseconds-ahead": "\(clock.milliseconds)", "times": "\(times)",
                ]
            )
        } else if let times = disbelief.happened() {
            logger.warning("a fleet message is not believed", metadata: ["reason": "\(reason)", "times": "\(times)"])
        }
    }

    /// Asks the broker how much waits, once in a while: for metrics.
    private func watchQueues() async {
        while !Task.isCancelled {
            let partition = dispatcher.settings.partition.text
            if let depths = try? await dispatcher.sender.queueDepths(partition: partition) {
                dispatcher.gauges.record(depths)
            }
            try? await Task.sleep(for: .seconds(10))
        }
    }

    private func beat() async {
        while !Task.isCancelled {
            do {
                var signer = try FleetSigner(credential: dispatcher.credential, name: dispatcher.settings.name)
                while !Task.isCancelled {
                    let message = try signer.sign(
                        role: dispatcher.settings.role,
                        openConnections: openConnections(),
                        jobsInFlight: dispatcher.sender.inFlight,
                        endpoint: endpoint,
                        time: ClockReading.wall
                    )
                    link.publisher.publish(message, routingKey: "heartbeat.\(dispatcher.settings.partition)")
                    try? await Task.sleep(for: .seconds(1))
                }
            } catch {
                logger.error("no heartbeat could be signed", metadata: ["reason": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }
}

extension JobDispatcher {
    /// Who is there at the moment, and what waits in the queues.
    package func fleetStatus() async -> FleetStatus {
        var depths: [String: Int] = [:]
        for depth in (try? await sender.queueDepths(partition: settings.partition.text)) ?? [] {
            depths[depth.jobClass.rawValue] = depth.messages
        }
        return fleet.withLock { $0.status(monotonic: ClockReading.monotonic, queueDepths: depths) }
    }

    func send(_ job: SealedJobInFlight, localDeadline: Int64) async throws(DispatchError) -> [UInt8] {
        guard let messageID = MessageID(job.header.messageID),
            let jobClass = JobTransport.JobClass(rawValue: job.header.jobClass.rawValue)
        else { throw DispatchError(.internalFailure) }
        do {
            return try await sender.send(
                job.bytes,
                to: settings.partition.text,
                jobClass: jobClass,
                messageID: messageID,
                deadline: localDeadline
            )
        } catch {
            switch error.code {
            case .serverBusy: throw DispatchError(.busy)
            case .noRoute: throw DispatchError(.noQueue)
            case .deadlineExceeded: throw DispatchError(.deadlinePassed)
            case .brokerUnavailable: throw DispatchError(.brokerUnavailable)
            case .shuttingDown, .cancelled: throw DispatchError(.shuttingDown)
            case .duplicateMessage: throw DispatchError(.inProgress)
            case .messageTooLarge: throw DispatchError(.internalFailure)
            }
        }
    }
}
