import Glibc
import UnixSignals

/// What `make run` does once everything is made: starts a site, shows that it serves, keeps it running, stops it.
package enum LocalSiteRun {
    package struct Hooks: Sendable {
        /// Whether keys can be had; asked again until it is so.
        /// - Returns: nil if they can; else what is missing.
        package var notReady: @Sendable (SitePlan) async -> String?
        /// Once, when the site is ready: plays a client's conversation, prints what a person needs to know next.
        package var ready: @Sendable (SitePlan) async throws -> Void
        /// A line for the person at the terminal.
        package var say: @Sendable (String) -> Void

        package init(
            notReady: @escaping @Sendable (SitePlan) async -> String?,
            ready: @escaping @Sendable (SitePlan) async throws -> Void,
            say: @escaping @Sendable (String) -> Void = { print($0) }
        ) {
            self.notReady = notReady
            self.ready = ready
            self.say = say
        }
    }

    /// Runs until SIGINT, SIGTERM, the end of the terminal (SIGHUP) or the task's cancellation, then stops everything
    /// within five seconds.
    ///
    /// - Throws: `LocalSiteError` if the site does not start, a process ends for good, or the `ready` hook throws.
    package static func run(_ plan: SitePlan, hooks: Hooks) async throws {
        try PrivateFiles.makeFolder(plan.home)
        let lock = try SiteLock(home: plan.home)
        let signals = await UnixSignalsSequence(trapping: endingSignals)
        let site = SiteProcesses(plan)
        let outcome: Result<Void, any Error>
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await serve(site, hooks) }
                group.addTask {
                    for await _ in signals { return }
                }
                // Whichever is first: a signal, or the reason why the site cannot go on.
                defer { group.cancelAll() }
                try await group.next()
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        hooks.say("Stopping.")
        await site.stopAll()
        _ = consume lock
        try outcome.get()
    }

    private static var endingSignals: [UnixSignal] {
        var signals: [UnixSignal] = [.sigint, .sigterm]
        if endsWithTerminal(PrivateFiles.read("/proc/self/status") ?? "") { signals.append(.sighup) }
        return signals
    }

    /// Whether the site ends with its terminal: unless whoever started it has SIGHUP ignored, as nohup(1) does.
    ///
    /// - Parameter status: what proc(5) says of this process.
    static func endsWithTerminal(_ status: String) -> Bool {
        let line = status.split(separator: "\n").first { $0.hasPrefix("SigIgn:") }
        let digits = line?.dropFirst("SigIgn:".count).drop(while: \.isWhitespace)
        let ignored = digits.flatMap { UInt64($0, radix: 16) } ?? 0
        let hangUp = UInt64(1) << UInt64(SIGHUP - 1)
        return ignored & hangUp == 0
    }

    private static func serve(_ site: SiteProcesses, _ hooks: Hooks) async throws {
        hooks.say("Starting the broker, \(site.plan.workerCount) worker(s), the admin front and the gateway.")
        try await site.startAll()
        try await waitUntilReady(site, hooks)
        try await hooks.ready(site.plan)
        try await supervise(site, hooks)
    }

    private static func waitUntilReady(_ site: SiteProcesses, _ hooks: Hooks) async throws {
        let deadline = ContinuousClock.now + site.plan.startLimit
        while let missing = await hooks.notReady(site.plan) {
            try await site.requireProspects()
            guard ContinuousClock.now < deadline else { throw await site.notReady(missing) }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private static func supervise(_ site: SiteProcesses, _ hooks: Hooks) async throws {
        var policy = RestartPolicy()
        var pending: [SiteRole: ContinuousClock.Instant] = [:]
        while true {
            try await Task.sleep(for: .milliseconds(100))
            if let end = await site.broker.end {
                hooks.say("The broker \(end); starting it again.")
                try await site.broker.start(within: site.plan.startLimit)
            }
            for (role, end) in await site.ended() {
                let now = ContinuousClock.now
                if let due = pending[role] {
                    guard now >= due else { continue }
                    pending[role] = nil
                    try await site.start(role)
                    continue
                }
                switch policy.decide(role, end, now: now) {
                case .restart(let pause):
                    hooks.say("\(role.name) \(end); starting it again.")
                    pending[role] = now + pause
                case .leave:
                    throw await site.failure(of: role, end)
                }
            }
        }
    }
}
