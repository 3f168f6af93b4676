package import KeyModel

/// What a front knows of the fleet, and what follows from it. No I/O, no clock: times are passed in.
package struct FleetState: Sendable {
    /// A worker that is silent for longer is not counted on, in milliseconds.
    package static let longestSilence: Int64 = 3_000
    /// One that is silent for this long is forgotten.
    static let forgottenAfter: Int64 = 10 * 60 * 1_000
    /// So many names of workers and fronts are kept.
    static let mostMembers = 1_024

    private struct Heard<Word: Sendable>: Sendable {
        let word: Word
        /// Milliseconds by a clock that only goes forward.
        let at: Int64
    }

    private let partition: PartitionName
    private var workers: [String: Heard<Heartbeat>] = [:]
    private var fronts: [String: Heard<FrontHeartbeat>] = [:]
    /// The workers' clock minus this process's clock, in milliseconds.
    private var clockDifference: Int64 = 0

    package init(partition: PartitionName) {
        self.partition = partition
    }

    /// - Parameters:
    ///   - monotonic: milliseconds by a clock that only goes forward.
    ///   - wall: milliseconds since 1970 by this process's clock.
    package mutating func hear(_ heartbeat: Heartbeat, monotonic: Int64, wall: Int64) {
        forget(at: monotonic)
        guard workers[heartbeat.workerName] != nil || workers.count < Self.mostMembers else { return }
        workers[heartbeat.workerName] = Heard(word: heartbeat, at: monotonic)
        if heartbeat.health == .healthy { clockDifference = heartbeat.time.difference(from: wall) }
    }

    package mutating func hear(_ front: FrontHeartbeat, monotonic: Int64) {
        forget(at: monotonic)
        guard fronts[front.name] != nil || fronts.count < Self.mostMembers else { return }
        fronts[front.name] = Heard(word: front, at: monotonic)
    }

    /// The ticket key to make tickets for; nil while no healthy worker is heard, and so no job should be sent.
    ///
    /// Workers that know the newest authority decide: they know the newest ticket key.
    package func ticketKeyCertificate(monotonic: Int64) -> [UInt8]? {
        healthy(at: monotonic).max { $0.authorityGeneration < $1.authorityGeneration }?.ticketKeyCertificate
    }

    package func isServing(monotonic: Int64) -> Bool {
        !healthy(at: monotonic).isEmpty
    }

    /// Why no job should be sent, in a line for people; nil exactly while `isServing`.
    package func whyNotServing(monotonic: Int64) -> String? {
        guard healthy(at: monotonic).isEmpty else { return nil }
        let heard = heard(at: monotonic)
        guard !heard.isEmpty else { return "no worker of partition \(partition) is heard" }
        let reasons = Set(heard.map(\.health.summary)).sorted().joined(separator: ", ")
        return "\(heard.count) worker(s) of partition \(partition) are heard, and none is healthy: \(reasons)"
    }

    /// How many workers are heard, how many of them are healthy, and the newest authority that any has told of.
    package func counts(monotonic: Int64) -> (heard: Int, healthy: Int, newestGeneration: UInt64) {
        let newest = workers.values.map(\.word.authorityGeneration).max() ?? 0
        return (heard(at: monotonic).count, healthy(at: monotonic).count, newest)
    }

    /// A moment of this process's clock, by the workers' clock.
    package func workersTime(wall: Int64) -> Int64 {
        wall.moved(by: clockDifference)
    }

    package func status(monotonic: Int64, queueDepths: [String: Int]) -> FleetStatus {
        FleetStatus(
            workers: workers.values.map { heard in
                FleetStatus.WorkerStatus(
                    name: heard.word.workerName,
                    partition: heard.word.partition,
                    health: heard.word.health,
                    millisecondsSinceHeard: monotonic - heard.at,
                    authorityGeneration: heard.word.authorityGeneration,
                    hsmSessions: heard.word.hsmSessions,
                    jobsDone: heard.word.jobsDone
                )
            }.sorted { $0.name < $1.name },
            fronts: fronts.values.map { heard in
                FleetStatus.FrontStatus(
                    name: heard.word.name,
                    role: heard.word.role,
                    millisecondsSinceHeard: monotonic - heard.at,
                    openConnections: heard.word.openConnections,
                    jobsInFlight: heard.word.jobsInFlight,
                    endpoint: heard.word.endpoint
                )
            }.sorted { $0.name < $1.name },
            partitions: [
                FleetStatus.PartitionStatus(
                    partition: partition,
                    isServing: isServing(monotonic: monotonic),
                    queueDepths: queueDepths
                )
            ]
        )
    }

    private func healthy(at monotonic: Int64) -> [Heartbeat] {
        heard(at: monotonic).filter { $0.health == .healthy }
    }

    private func heard(at monotonic: Int64) -> [Heartbeat] {
        workers.values.filter { monotonic - $0.at <= Self.longestSilence }.map(\.word)
    }

    private mutating func forget(at monotonic: Int64) {
        workers = workers.filter { monotonic - $0.value.at <= Self.forgottenAfter }
        fronts = fronts.filter { monotonic - $0.value.at <= Self.forgottenAfter }
    }
}

/// Times that others give may be any number: instead of an overflow it is the first or the last moment.
extension Int64 {
    fileprivate func moved(by distance: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(distance)
        guard overflow else { return sum }
        return distance < 0 ? .min : .max
    }

    fileprivate func difference(from other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        guard overflow else { return difference }
        return other < 0 ? .max : .min
    }
}
