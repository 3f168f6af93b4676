import AdminClient
import AdminResources
import FaultPoints
import Foundation
import LocalSite
import PipelineSite

/// Does a fault to a site, undoes it, and waits until all is well again.
struct Striker: Sendable {
    /// Longer than a silent worker is counted on (3 s), than a broker's connection outlives its silence (about 6 s), and
    /// than a gateway waits for a job (10 s).
    static let pause = Duration.seconds(11)
    private static let recoveryLimit = Duration.seconds(60)
    /// Within this time, a process under load passes each of its points.
    private static let reachLimit = Duration.seconds(30)

    let site: PipelineSite
    let recorder: Recorder
    let disk: StoreDisk?

    /// - Returns: when it struck and when all members were well again, in seconds since the start of the run.
    /// - Throws: where it could not be done, or where the site has not recovered.
    func strike(_ strike: FaultPlan.Strike) async throws -> (struck: Double, recovered: Double) {
        try await Task.sleep(for: .milliseconds(strike.delay))
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

    private func kill(_ target: Fault.Target, _ strike: FaultPlan.Strike) async throws {
        guard let member = member(target, strike) else {
            await site.broker.killNow()
            try await Task.sleep(for: .milliseconds(strike.absence))
            try await site.broker.start()
            return
        }
        try await site.kill(member)
        try await Task.sleep(for: .milliseconds(strike.absence))
        try await site.start(member)
    }

    private func pause(_ target: Fault.Target, _ strike: FaultPlan.Strike) async throws {
        guard let member = member(target, strike) else {
            await site.broker.pause()
            try await Task.sleep(for: Self.pause)
            await site.broker.resume()
            return
        }
        let process = try await site.process(member)
        process.pause()
        try await Task.sleep(for: Self.pause)
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
        try await site.wait("all to be well again", within: Self.recoveryLimit) {
            try await requireAllRunning()
            guard recorder.hasSucceeded(onAll: 1...site.options.gatewayCount, after: moment) else { return false }
            let status = try await site.adminClient().status()
            for member in site.members {
                let name = "-\(try await site.process(member).pid)"
                switch member {
                case .worker:
                    guard status.workers.contains(where: { $0.name.hasSuffix(name) && $0.health == .healthy }) else {
                        return false
                    }
                case .gateway, .admin:
                    guard status.fronts.contains(where: { $0.name.hasSuffix(name) && $0.isHeard }) else { return false }
                }
            }
            return true
        }
    }

    /// Nobody restarts the processes of this site but who has killed them: one that ended by itself is a failure.
    private func requireAllRunning() async throws {
        for member in site.members {
            if let end = try await site.process(member).end {
                throw PipelineSiteError("\(member.name) \(end) by itself")
            }
        }
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
            try await site.stop(member)
            let order = FaultOrder(point, occasion: strike.occasion, act: act)
            let process = try await site.start(member, environment: [FaultOrder.variable: "\(order)"])
            let helper = Task { if point == .attemptCommitted { try await causeRedeliveries(to: member) } }
            defer { helper.cancel() }
            let struck = try await waitUntil(process, didBy: act, order)
            helper.cancel()
            _ = try? await helper.value
            if act == .pause {
                try await Task.sleep(for: Self.pause)
                process.resume()
            } else {
                try await Task.sleep(for: .milliseconds(strike.absence))
                try await site.start(member)
            }
            return struck
        }

        private func waitUntil(
            _ process: LocalSite.ChildProcess,
            didBy act: FaultOrder.Act,
            _ order: FaultOrder
        ) async throws -> Double {
            let deadline = ContinuousClock.now + Self.reachLimit
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

        /// Kills the other workers again and again: what they had in hand comes to this one.
        private func causeRedeliveries(to member: SiteMember) async throws {
            while !Task.isCancelled {
                for number in 1...site.options.workerCount where .worker(number) != member {
                    try await Task.sleep(for: .milliseconds(1_500))
                    try await site.kill(.worker(number))
                    try await site.start(.worker(number))
                }
            }
        }
    }
#endif
