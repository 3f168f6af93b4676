import Conversation
import Cryptography
import Foundation
import KeyModel
import LocalSite
package import Logging
import ServiceBootstrap

/// What `run` is asked for.
package struct SiteRunOptions: Sendable {
    package var home: InstallationFolder
    /// Where `keyferry-gateway` and the others are.
    package var binaries: String
    package var workerCount = 1
    /// Nil for what the configuration files say.
    package var gatewayPort: UInt16?
    package var adminPort: UInt16?
    package var brokerPort: UInt16?
    /// Nil for any free ones.
    package var monitoringPort: UInt16?

    package init(home: String, binaries: String) {
        self.home = InstallationFolder(home)
        self.binaries = binaries
    }
}

/// `keyferry-setup run`: starts an installation's site on this machine, shows that it serves, and keeps it running.
package struct SiteRun: Sendable {
    private static let pauseBetweenRotations = Duration.seconds(3_600)

    private let home: InstallationFolder
    private let plan: SitePlan
    private let selfTest: SelfTest
    private let rotator: TicketKeyRotator
    private let say: @Sendable (String) -> Void

    /// - Throws: `notInstalled`, or what is wrong with the configuration files.
    package init(
        _ options: SiteRunOptions,
        logger: Logger,
        say: @escaping @Sendable (String) -> Void
    ) async throws {
        home = options.home
        self.say = say
        let worker = try await home.workerSettings()
        let gateway = try await home.settings(GatewaySettings.self, .gateway)
        let admin = try await home.settings(AdminSettings.self, .admin)
        plan = SitePlan(
            home: home.path,
            binaries: options.binaries,
            workerCount: options.workerCount,
            gatewayPort: options.gatewayPort ?? gateway.listen.port,
            adminPort: options.adminPort ?? admin.listen.port,
            brokerPort: options.brokerPort ?? worker.broker.addresses.first?.port ?? SitePorts().broker,
            monitoringPort: options.monitoringPort
        )
        let host = ["0.0.0.0", "::"].contains(gateway.listen.host) ? "127.0.0.1" : gateway.listen.host
        selfTest = try SelfTest(home: home, host: host, port: plan.gatewayPort)
        rotator = TicketKeyRotator(home: home, settings: worker, logger: logger)
    }

    /// Until SIGINT, SIGTERM or the end of the terminal.
    package func run() async throws {
        // Also the first login with this PIN: a wrong one is found here, before workers try it.
        let opened = try await rotator.rotateIfDue()
        if opened.isRotated { say("Made today's ticket key.") }
        try home.expiryNotices(now: Int64(Date().timeIntervalSince1970)).forEach(say)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await LocalSiteRun.run(plan, hooks: hooks(opened.instance ?? "INSTANCE")) }
            group.addTask { await rotateDaily() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// - Parameter instance: the one to name in what is printed.
    private func hooks(_ instance: String) -> LocalSiteRun.Hooks {
        LocalSiteRun.Hooks(
            notReady: { _ in await selfTest.whatIsMissing() },
            ready: { _ in try await demonstrate(instance) },
            say: say
        )
    }

    /// Ends with the task.
    private func rotateDaily() async {
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: Self.pauseBetweenRotations)
                if try await rotator.rotateIfDue().isRotated { say("Made today's ticket key.") }
            } catch is CancellationError {
                return
            } catch {
                say("The ticket key was not rotated: \(error). The next attempt is in an hour.")
            }
        }
    }

    private func demonstrate(_ instance: String) async throws {
        let report: ConversationReport
        do {
            report = try await selfTest.play()
        } catch {
            error.report.text.forEach(say)
            throw SetupError(.selfTestFailed, "the conversation ended at \(error); see \(plan.logFolder)")
        }
        say(
            "A client spoke to the gateway as vCenter does when it encrypts a first VM, each part on a connection"
        )
        say("of its own (\(report.protection)):")
        report.text.forEach(say)
        say("The key of this rehearsal was destroyed again.")
        try nextSteps(instance).forEach(say)
    }

    private func nextSteps(_ instance: String) throws(SetupError) -> [String] {
        let server = try home.credential(.gatewayServer).certificate()
        let names = server.subjectAlternativeNames.map(\.text).joined(separator: ", ")
        let add = "\(plan.binaries)/keyferry certificate add vcenter vcenter.pem --instance \(instance)"
        return [
            "",
            "Endpoint: port \(plan.gatewayPort), as \(names)",
            "Server certificate (\(server.keyDescription)), SHA-256: \(server.colonSeparatedFingerprint)",
            "Operators: https://localhost:\(plan.adminPort), with \(home.configuration(.commandLine))",
            "Logs: \(plan.logFolder)",
            "",
            "To add this provider to vCenter:",
            "  1. vCenter, Configure, Key Providers, Add, Standard Key Provider: this host, port \(plan.gatewayPort).",
            "  2. Compare the certificate that vCenter shows with the fingerprint above, and trust it.",
            "  3. Establish Trust, Make KMS trust vCenter, vCenter Certificate: save it as vcenter.pem. Then here:",
            "     \(add) --home \(home.path)",
            "Ctrl-C stops everything.",
        ]
    }
}

extension InstallationFolder {
    fileprivate func settings<Settings: ServiceSettings>(
        _ type: Settings.Type,
        _ configuration: Configuration
    ) async throws(ConfigurationError) -> Settings {
        try await ConfigurationReader.read(type, path: self.configuration(configuration), environment: [:])
    }
}
