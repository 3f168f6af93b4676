import Foundation

/// A whole site on one machine: a broker, a gateway, an admin front and workers, each a process of its own.
///
/// For `keyferry-setup run`, and for tests that start the real binaries, kill some of them and bring them back. Several sites
/// can run at once, each with a folder and ports of its own.
package actor SiteProcesses {
    package nonisolated let plan: SitePlan
    package nonisolated let broker: BrokerNode
    private var children: [SiteRole: ChildProcess] = [:]
    /// How long a process's log file was when the process was started: behind that is what it says itself.
    private var logBegins: [SiteRole: UInt64] = [:]

    package init(_ plan: SitePlan) {
        self.plan = plan
        broker = BrokerNode(
            folder: plan.brokerFolder,
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
        logBegins[role] = PrivateFiles.size(plan.logFile(of: role))
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
            try requireProspects()
            guard ContinuousClock.now < deadline else { throw notReady("\(role.name) takes no connections") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// While the site is being started.
    ///
    /// - Throws: what keeps it from becoming ready however long one waits.
    func requireProspects() throws(LocalSiteError) {
        if let (role, end) = ended().first { throw failure(of: role, end) }
        for role in roles where log(of: role).contains(where: { LogLine($0)?.isRefusalByBroker == true }) {
            throw LocalSiteError(
                .brokerRefuses,
                "the broker refuses the user or the password in \(plan.credentialsFile): put back those that it was "
                    + "made with, or move \(plan.brokerFolder) away and it is made anew with these; see "
                    + plan.logFile(of: role)
            )
        }
    }

    /// What to say about a process that ended unasked: its own last words, for they say what to do.
    func failure(of role: SiteRole, _ end: ProcessEnd) -> LocalSiteError {
        let words = log(of: role).last.map { ": \($0)" } ?? ""
        return LocalSiteError(.processEnded, "\(role.name) \(end)\(words)")
    }

    /// What to say where all processes run and nobody is served: what is missing, and what each last complained of.
    func notReady(_ missing: String) -> LocalSiteError {
        let complaints = roles.compactMap { role -> String? in
            let last = log(of: role).compactMap { LogLine($0) }.last { $0.isComplaint }
            return last.map { "\(role.name) says: \($0.shortened)" }
        }
        let words = (["the site is not ready: \(missing)"] + complaints).joined(separator: "; ")
        return LocalSiteError(.notReady, "\(words); see \(plan.logFolder)")
    }

    /// The lines that a process has written since it was started.
    private func log(of role: SiteRole) -> [Substring] {
        guard let begin = logBegins[role] else { return [] }
        return PrivateFiles.read(plan.logFile(of: role), behind: begin).split(separator: "\n")
    }
}
