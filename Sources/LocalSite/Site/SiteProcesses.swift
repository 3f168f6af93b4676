import Foundation

/// A whole site on one machine: a broker, a gateway, an admin front and workers, each a process of its own.
///
/// For `keyferry-setup run`, and for tests that start the real binaries, kill some of them and bring them back. Several sites
/// can run at once, each with a folder and ports of its own.
package actor SiteProcesses {
    package nonisolated let plan: SitePlan
    package nonisolated let broker: BrokerNode
    private var children: [SiteRole: ChildProcess] = [:]

    package init(_ plan: SitePlan) {
        self.plan = plan
        broker = BrokerNode(
            folder: plan.home + "/broker",
            credentialsFile: plan.credentialsFile,
            logFile: plan.logFolder + "/broker.log",
            port: plan.brokerPort
        )
    }

    /// The processes beside the broker, in the order in which they are started.
    package nonisolated var roles: [SiteRole] {
        (1...max(1, plan.workerCount)).map(SiteRole.worker) + [.admin, .gateway]
    }

    /// Starts everything, and waits until the fronts take connections.
    package func startAll() async throws {
        try PrivateFiles.makeFolder(plan.logFolder)
        let monitoring = roles.map(plan.monitoringPort(of:)).filter { $0 > 0 }.map { ($0, "--monitoring-port") }
        for (port, option) in [(plan.gatewayPort, "--port"), (plan.adminPort, "--admin-port")] + monitoring {
            guard LoopbackPort.isFree(port) else {
                throw LocalSiteError(.portInUse, "port \(port) is in use; choose another (\(option))")
            }
        }
        do {
            try await broker.start(within: plan.startLimit)
            for role in roles { try start(role) }
            try await waitForPort(plan.adminPort, of: .admin)
            try await waitForPort(plan.gatewayPort, of: .gateway)
        } catch {
            await stopAll()
            throw error
        }
    }

    /// Starts a process that does not run.
    package func start(_ role: SiteRole) throws(LocalSiteError) {
        guard children[role].map({ $0.end != nil }) ?? true else { return }
        children[role] = try ChildProcess(plan.launch(role))
    }

    /// For tests: the process, to kill, pause or resume.
    package func process(_ role: SiteRole) -> ChildProcess? {
        children[role]
    }

    package func restart(_ role: SiteRole) async throws {
        await children[role]?.stop(within: .seconds(5))
        try start(role)
    }

    /// Those that have ended, and how.
    package func ended() -> [(role: SiteRole, end: ProcessEnd)] {
        roles.compactMap { role in children[role]?.end.map { (role, $0) } }
    }

    /// Stops everything, the fronts first and the broker last, so that work in hand is answered. Takes at most five seconds.
    package func stopAll() async {
        await stop([.gateway, .admin], within: .milliseconds(1500))
        await stop(roles, within: .milliseconds(1500))
        await broker.stop(within: .milliseconds(1500))
    }

    private func stop(_ roles: [SiteRole], within limit: Duration) async {
        let stopping = roles.compactMap { children.removeValue(forKey: $0) }
        await withTaskGroup { group in
            for child in stopping { group.addTask { await child.stop(within: limit) } }
        }
    }

    private func waitForPort(_ port: UInt16, of role: SiteRole) async throws {
        let deadline = ContinuousClock.now + plan.startLimit
        while !LoopbackPort.accepts(port) {
            for (role, end) in ended() { throw failure(of: role, end) }
            guard ContinuousClock.now < deadline else {
                throw LocalSiteError(.notReady, "\(role.name) takes no connections; see \(plan.logFile(of: role))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// What to say about a process that ended unasked: its own last words, for they say what to do.
    nonisolated func failure(of role: SiteRole, _ end: ProcessEnd) -> LocalSiteError {
        let lines = (PrivateFiles.read(plan.logFile(of: role)) ?? "").split(separator: "\n")
        let words = lines.last.map { ": \($0)" } ?? ""
        return LocalSiteError(.processEnded, "\(role.name) \(end)\(words)")
    }
}
