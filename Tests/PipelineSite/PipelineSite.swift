import AdminClient
import Foundation
package import LocalSite
import TestServices

/// A whole installation of its own, in a temporary folder and on free ports of loopback: made by `keyferry-setup init`, run
/// by the real programs, a real broker and a real token. Tests kill, stop, pause and restart its processes one by one.
///
/// Ended by `end()`, or when the test process exits.
package actor PipelineSite {
    package struct Options: Sendable {
        package var gatewayCount = 1
        package var workerCount = 1
        /// Whether what the processes and the broker say to each other is recorded.
        package var recordsBrokerTraffic = false
        /// The program that workers are.
        package var workerProgram = "keyferry-worker"
        package var workerEnvironment: [String: String] = [:]
        /// A program that becomes the worker, by exec: its path and arguments, to which the worker's command is added.
        package var workerWrapper: [String] = []
        package var logLevel = "debug"
        /// Overrides of every process's configuration.
        package var environment: [String: String] = [:]

        package init() {}
    }

    package nonisolated let options: Options
    /// The installation's folder.
    package nonisolated let home: String
    package nonisolated let gatewayPorts: [UInt16]
    package nonisolated let adminPort: UInt16
    private nonisolated let monitoringPorts: [SiteMember: UInt16]
    package nonisolated let broker: BrokerNode
    /// Between the processes and the broker, where traffic is recorded.
    package nonisolated let proxy: RecordingProxy?

    private let folder: TemporaryFolder
    private let binaries: String
    private let brokerPort: UInt16
    private var children: [SiteMember: LocalSite.ChildProcess] = [:]

    /// Makes an installation; nothing of it runs yet.
    package static func make(_ options: Options = Options()) async throws -> PipelineSite {
        let site = try await PipelineSite(options)
        let made = try await FinishedProgram.run(
            BuiltPrograms.path("keyferry-setup"),
            [
                "init", "--home", site.home, "--host", "localhost", "--host", "127.0.0.1",
                "--admin-port", "\(site.adminPort)",
            ]
        )
        guard made.exitCode == 0 else { throw PipelineSiteError("keyferry-setup init: \(made.output)") }
        return site
    }

    /// Makes an installation, and starts all of it.
    package static func running(_ options: Options = Options()) async throws -> PipelineSite {
        let site = try await make(options)
        try await site.startAll()
        return site
    }

    private init(_ options: Options) async throws {
        self.options = options
        folder = try TemporaryFolder(prefix: "kf-site")
        ExitCleanup.add(folder: folder.path)
        home = folder.file("home")
        binaries = try BuiltPrograms.folder()
        gatewayPorts = try (0..<options.gatewayCount).map { _ in try LoopbackPort.free() }
        adminPort = try LoopbackPort.free()
        var monitoringPorts: [SiteMember: UInt16] = [:]
        for member in Self.members(options) { monitoringPorts[member] = try LoopbackPort.free() }
        self.monitoringPorts = monitoringPorts
        brokerPort = try LoopbackPort.free()
        broker = BrokerNode(
            folder: folder.file("broker"),
            credentialsFile: folder.file("home/broker.credentials"),
            logFile: folder.file("broker.log"),
            port: brokerPort
        )
        proxy = options.recordsBrokerTraffic ? try await RecordingProxy(to: brokerPort) : nil
    }

    package nonisolated var members: [SiteMember] { Self.members(options) }

    private static func members(_ options: Options) -> [SiteMember] {
        (1...options.workerCount).map(SiteMember.worker) + [.admin] + (1...options.gatewayCount).map(SiteMember.gateway)
    }

    /// Starts broker and processes, and waits until keys can be had of every gateway.
    package func startAll() async throws {
        try await broker.start()
        for member in members { try start(member) }
        try await waitUntilServing()
    }

    /// Starts a process that does not run.
    ///
    /// - Parameter environment: overrides of its configuration.
    @discardableResult
    package func start(_ member: SiteMember, environment: [String: String] = [:]) throws -> LocalSite.ChildProcess {
        if let child = children[member], child.end == nil { return child }
        let child = try LocalSite.ChildProcess(launch(member, environment))
        children[member] = child
        return child
    }

    /// - Throws: where the process was never started.
    package func process(_ member: SiteMember) throws -> LocalSite.ChildProcess {
        guard let child = children[member] else { throw PipelineSiteError("\(member.name) was not started") }
        return child
    }

    package func kill(_ member: SiteMember) async throws {
        try await process(member).killNow()
    }

    /// - Returns: how it ended.
    @discardableResult
    package func stop(_ member: SiteMember) async throws -> ProcessEnd {
        try await process(member).stop(within: .seconds(10))
    }

    /// Ends everything.
    package func end() async {
        for child in children.values { await child.stop(within: .seconds(5)) }
        children = [:]
        await broker.stop(within: .seconds(2))
        await proxy?.close()
    }

    // MARK: -

    package nonisolated func logFile(of member: SiteMember) -> String { folder.file(member.name + ".log") }

    package nonisolated func log(of member: SiteMember) -> String {
        (try? String(contentsOfFile: logFile(of: member), encoding: .utf8)) ?? ""
    }

    /// What the broker keeps on disk and says.
    package nonisolated var brokerFolder: String { folder.file("broker") }

    /// Every log of the site, the broker's with them.
    package nonisolated var logFiles: [String] { members.map(logFile) + [broker.logFile] }

    /// Where a process is monitored.
    package nonisolated func monitoringPort(of member: SiteMember) -> UInt16 { monitoringPorts[member] ?? 0 }

    private func launch(_ member: SiteMember, _ overrides: [String: String]) -> ProcessLaunch {
        let port = proxy?.port ?? brokerPort
        var program = "keyferry-\(member.kind)"
        var wrapper: [String] = []
        var environment = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": home,
            "KEYFERRY_BROKER_ADDRESSES": "127.0.0.1:\(port)",
            "KEYFERRY_LOG_LEVEL": options.logLevel,
            "KEYFERRY_MONITORING_PORT": "\(monitoringPort(of: member))",
        ]
        switch member {
        case .gateway(let number):
            environment["KEYFERRY_LISTEN_HOST"] = "127.0.0.1"
            environment["KEYFERRY_LISTEN_PORT"] = "\(gatewayPorts[number - 1])"
        case .admin: environment["KEYFERRY_LISTEN_PORT"] = "\(adminPort)"
        case .worker:
            program = options.workerProgram
            wrapper = options.workerWrapper
            environment.merge(options.workerEnvironment) { $1 }
        }
        let command = wrapper + ["\(binaries)/\(program)", "--config", "\(home)/\(member.kind).yaml"]
        return ProcessLaunch(
            name: member.name,
            executable: command[0],
            arguments: Array(command.dropFirst()),
            environment: environment.merging(options.environment) { $1 }.merging(overrides) { $1 },
            folder: home,
            logFile: logFile(of: member)
        )
    }
}

/// Why a site is not what a test needs.
package struct PipelineSiteError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
