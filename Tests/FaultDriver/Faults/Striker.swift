import AdminClient
import AdminResources
import FaultPoints
import Foundation
import LocalSite
import PipelineSite

/// Does a fault to a site, undoes it, and waits until all is well again.
struct Striker: Sendable {
    private static let recoveryLimit = Duration.seconds(60)
    /// Within this time, a process under load passes each of its points.
    private static let reachLimit = Duration.seconds(30)
    /// The same, of a point that is passed only when others have died.
    private static let rareReachLimit = Duration.seconds(120)

    let site: PipelineSite
    let recorder: Recorder
    let disk: StoreDisk?

    /// - Returns: when it struck and when all members were well again, in seconds since the start of the run.
    /// - Throws: where it could not be done, or where the site has not recovered.
    func strike(_ strike: FaultPlan.Strike) async throws -> (struck: Double, recovered: Double) {
        try await Task.sleep(for: .milliseconds(strike.delay))
        try await requireAllRunning()
        let struck: Double
        switch strike.fault {
        case .kill(let target):
            struck = recorder.now
            try await kill(target, strike)
        case .pause(let target):
            struck = recorder.now
            try await pause(target, strike)
        #if DEBUG
            case .point(let point, let act, let target): struck = try await spring(point, act, in: target, strike)
        #endif
        case .fullDisk:
            struck = recorder.now
            try await fillDisk()
        }
        try await waitForRecovery(since: recorder.now)
        return (struck, recorder.now)
    }

    // MARK: - Processes

    /// Longer than anyone waits for the process: than a silent worker is counted on (3 s), than a broker's connection
    /// outlives its silence (about 6 s), than a gateway waits for a job (10 s) and an operator here for the admin front (8 s).
    /// Clients wait longer for a gateway.
    static func pause(of target: Fault.Target) -> Duration {
        target == .gateway ? .seconds(RecordingClient.patience + 2) : .seconds(11)
    }

    private func kill(_ target: Fault.Target, _ strike: FaultPlan.Strike) async throws {
        guard let member = member(target, strike) else {
            if let end = await site.broker.end { throw PipelineSiteError("the broker \(end) by itself") }
            await site.broker.killNow()
            try await Task.sleep(for: .milliseconds(strike.absence))
            try await site.broker.start()
            return
        }
        try await kill(member)
        try await Task.sleep(for: .milliseconds(strike.absence))
        try await site.start(member)
    }

    /// - Throws: where the process had ended before.
    private func kill(_ member: SiteMember) async throws {
        let process = try await site.process(member)
        await process.killNow()
        let end = await process.waitForEnd()
        guard end == .killed(signal: SIGKILL) else { throw PipelineSiteError("\(member.name) \(end) by itself") }
    }

    /// - Throws: where the process had ended before, or does not end in order. It may take too long for that, on a machine
    ///   that is busy, and then says so with its code (`shutdownSeconds`, 3).
    private func stop(_ member: SiteMember) async throws {
        if let end = try await site.process(member).end { throw PipelineSiteError("\(member.name) \(end) by itself") }
        let begin = ContinuousClock.now
        let end = try await site.stop(member)
        let isLate = begin.duration(to: .now) > .milliseconds(2_500)
        guard end == .exited(code: 0) || (end == .exited(code: 70) && isLate) else {
            throw PipelineSiteError("\(member.name) \(end) when it was to stop")
        }
    }

    private func pause(_ target: Fault.Target, _ strike: FaultPlan.Strike) async throws {
        guard let member = member(target, strike) else {
            await site.broker.pause()
            try await Task.sleep(for: Self.pause(of: target))
            await site.broker.resume()
            return
        }
        let process = try await site.process(member)
        process.pause()
        try await Task.sleep(for: Self.pause(of: target))
        process.resume()
    }

    /// nil for the broker.
    private func member(_ target: Fault.Target, _ strike: FaultPlan.Strike) -> SiteMember? {
        switch target {
        case .worker: .worker(strike.choice % site.options.workerCount + 1)
        case .gateway: .gateway(strike.choice % site.options.gatewayCount + 1)
        case .admin: .admin
        case .broker: nil
        }
    }

    // MARK: - The disk

    private func fillDisk() async throws {
        guard let disk else { throw PipelineSiteError("the store has no file system of its own") }
        try await disk.fill()
        do {
            try await site.wait("a worker to say that the store fails", within: Self.recoveryLimit) {
                try await site.adminClient().status().workers.contains { $0.health == .storeFailing }
            }
            try await Task.sleep(for: .seconds(2))
        } catch {
            try await disk.mend()
            throw error
        }
        try await disk.mend()
    }

    // MARK: - Recovery

    /// Waits until every process is heard and healthy, and every gateway has answered something new.
    private func waitForRecovery(since moment: Double) async throws {
        var ended: (any Error)?
        try await site.wait("all to be well again", within: Self.recoveryLimit) {
            do {
                try await requireAllRunning()
            } catch {
                // No waiting mends that.
                ended = error
                return true
            }
            guard recorder.hasSucceeded(onAll: 1...site.options.gatewayCount, after: moment) else { return false }
            let status = try await site.adminClient().status()
            for member in site.members {
                switch member {
                case .worker: guard try await isHealthy(member, by: status) else { return false }
                case .gateway, .admin:
                    let name = "-\(try await site.process(member).pid)"
                    guard status.fronts.contains(where: { $0.name.hasSuffix(name) && $0.isHeard }) else { return false }
                }
            }
            return true
        }
        if let ended { throw ended }
    }

    /// - Parameter jobs: so many it has done since its start, at the least.
    private func isHealthy(_ worker: SiteMember, by status: StatusResource, jobs: UInt64 = 0) async throws -> Bool {
        let name = "-\(try await site.process(worker).pid)"
        return status.workers.contains { $0.name.hasSuffix(name) && $0.health == .healthy && $0.jobsDone >= jobs }
    }

    /// Nobody restarts the processes of this site but who has killed them: one that ended by itself is a failure.
    func requireAllRunning() async throws {
        for member in site.members {
            if let end = try await site.process(member).end {
                throw PipelineSiteError("\(member.name) \(end) by itself")
            }
        }
        if let end = await site.broker.end { throw PipelineSiteError("the broker \(end) by itself") }
    }
}

#if DEBUG
    extension Striker {
        private func spring(
            _ point: FaultPoint,
            _ act: FaultOrder.Act,
            in target: Fault.Target,
            _ strike: FaultPlan.Strike
        ) async throws -> Double {
            guard let member = member(target, strike) else { throw PipelineSiteError("no such process") }
            // Only in a process that was started for it.
            try await stop(member)
            let order = FaultOrder(point, occasion: strike.occasion, act: act)
            let process = try await site.start(member, environment: [FaultOrder.variable: "\(order)"])
            let helper = Task { if point == .attemptCommitted { try await causeRedeliveries(to: member) } }
            let limit = point == .attemptCommitted ? Self.rareReachLimit : Self.reachLimit
            let struck: Double
            do {
                struck = try await waitUntil(process, didBy: act, order, within: limit)
                helper.cancel()
            } catch {
                helper.cancel()
                try await requireNoFailure(of: helper)
                throw error
            }
            if act == .pause {
                try await Task.sleep(for: Self.pause(of: target))
                process.resume()
            } else {
                try await Task.sleep(for: .milliseconds(strike.absence))
                try await site.start(member)
            }
            try await requireNoFailure(of: helper)
            return struck
        }

        /// To have been cancelled is none.
        private func requireNoFailure(of helper: Task<Void, any Error>) async throws {
            if case .failure(let error) = await helper.result, !(error is CancellationError) { throw error }
        }

        private func waitUntil(
            _ process: LocalSite.ChildProcess,
            didBy act: FaultOrder.Act,
            _ order: FaultOrder,
            within limit: Duration
        ) async throws -> Double {
            let deadline = ContinuousClock.now + limit
            while ContinuousClock.now < deadline {
                switch (act, process.end) {
                case (.kill, .killed(signal: SIGKILL)?): return recorder.now
                case (_, let end?): throw PipelineSiteError("a process to \(order) \(end)")
                case (.pause, nil) where isStopped(process.pid): return recorder.now
                case (_, nil): try await Task.sleep(for: .milliseconds(5))
                }
            }
            throw PipelineSiteError("\(order) was never reached")
        }

        /// proc(5), `/proc/PID/stat`: the state stands behind the name, which is in parentheses.
        private func isStopped(_ pid: Int32) -> Bool {
            guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let end = text.lastIndex(of: ")")
            else { return false }
            return text[end...].dropFirst(2).hasPrefix("T")
        }

        /// Kills the other workers again and again, each when it is at work: what it had in hand comes to this one.
        private func causeRedeliveries(to member: SiteMember) async throws {
            try await site.wait("\(member.name) to be well", within: Self.rareReachLimit) {
                try await isHealthy(member, by: try await site.adminClient().status())
            }
            while !Task.isCancelled {
                for number in 1...site.options.workerCount where .worker(number) != member {
                    let worker = SiteMember.worker(number)
                    try await site.wait("\(worker.name) to do jobs", within: Self.recoveryLimit) {
                        try await isHealthy(worker, by: try await site.adminClient().status(), jobs: 1)
                    }
                    try await kill(worker)
                    try await site.start(worker)
                }
            }
        }
    }
#endif
