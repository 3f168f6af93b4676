import Foundation

/// A RabbitMQ node of one's own: private folder, user, ports and port mapper (epmd), all on 127.0.0.1; never the system's
/// service. Messages need not outlive it, users and queues do.
package actor BrokerNode {
    /// Not the wrapper in `/usr/sbin`: it changes the user and drops the environment.
    static let serverPath = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    static let portMapperPath = "/usr/bin/epmd"

    package nonisolated let port: UInt16
    /// Two lines, user and password, of mode 0600; made when the node is first started.
    package nonisolated let credentialsFile: String
    /// What the node says.
    package nonisolated let logFile: String

    private let folder: String
    /// Known to nobody but the node and its port mapper: others with every start, so that none can have been taken.
    private var distributionPort: UInt16 = 0
    private var portMapperPort: UInt16 = 0
    private var portMapper: ChildProcess?
    private var server: ChildProcess?

    /// Whether the Debian package is installed.
    package static var isInstalled: Bool {
        [serverPath, portMapperPath].allSatisfy(FileManager.default.isExecutableFile(atPath:))
    }

    package init(folder: String, credentialsFile: String, logFile: String, port: UInt16) {
        self.folder = folder
        self.credentialsFile = credentialsFile
        self.logFile = logFile
        self.port = port
    }

    /// nil before the start and while the node runs.
    package var end: ProcessEnd? { server?.end }

    /// nil while the node does not run.
    package var pid: Int32? { server?.pid }

    /// Starts the node, for the first time or again on the same ports with the same data, and waits until it takes
    /// connections.
    package func start(within limit: Duration = .seconds(60)) async throws {
        guard Self.isInstalled else {
            throw LocalSiteError(.notInstalled, "RabbitMQ is not installed: apt-get install rabbitmq-server")
        }
        guard LoopbackPort.isFree(port) else {
            throw LocalSiteError(.portInUse, "the broker's port \(port) is in use; choose another (--broker-port)")
        }
        try writeFiles()
        if portMapper?.end != nil || portMapper == nil {
            portMapperPort = try LoopbackPort.free()
            portMapper = try ChildProcess(portMapperLaunch)
        }
        distributionPort = try LoopbackPort.free()
        let server = try ChildProcess(serverLaunch)
        self.server = server
        let deadline = ContinuousClock.now + limit
        do {
            while !LoopbackPort.accepts(port) {
                if let end = server.end {
                    throw LocalSiteError(.processEnded, "the broker \(end) while starting; see \(logFile)")
                }
                guard ContinuousClock.now < deadline else {
                    throw LocalSiteError(.notReady, "the broker takes no connections after \(limit); see \(logFile)")
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        } catch {
            await stop(within: .zero)
            throw error
        }
    }

    /// Ends the node, orderly if it gets there within `limit`, and its port mapper.
    package func stop(within limit: Duration) async {
        await server?.stop(within: limit)
        server = nil
        await portMapper?.killNow()
        portMapper = nil
    }

    /// SIGKILL: nothing is written any more, connections break. `start` brings it back.
    package func killNow() async {
        await server?.killNow()
        server = nil
    }

    /// Sockets stay open and nobody answers.
    package func pause() { server?.pause() }

    package func resume() { server?.resume() }

    private var serverLaunch: ProcessLaunch {
        ProcessLaunch(
            name: "broker",
            executable: Self.serverPath,
            environment: [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                "LANG": "C.UTF-8",
                "HOME": folder,
                "RABBITMQ_NODENAME": "keyferry@localhost",
                "RABBITMQ_MNESIA_BASE": folder + "/data",
                "RABBITMQ_LOG_BASE": folder + "/log",
                "RABBITMQ_CONFIG_FILE": folder + "/rabbitmq.conf",
                "RABBITMQ_ENABLED_PLUGINS_FILE": folder + "/enabled_plugins",
                "RABBITMQ_DIST_PORT": "\(distributionPort)",
                // Distribution, the channel between nodes and tools, on loopback too; and no busy waiting.
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                    "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
                "ERL_EPMD_ADDRESS": "127.0.0.1",
                "ERL_EPMD_PORT": "\(portMapperPort)",
                // The script then becomes the node instead of waiting for it: our signals reach the node itself.
                "RUNNING_UNDER_SYSTEMD": "true",
            ],
            folder: folder,
            logFile: logFile
        )
    }

    private var portMapperLaunch: ProcessLaunch {
        ProcessLaunch(
            name: "epmd",
            executable: Self.portMapperPath,
            arguments: ["-port", "\(portMapperPort)", "-address", "127.0.0.1"],
            // It has no use for a home, but is found by it: nothing else of it names the folder whose it is.
            environment: ["PATH": "/usr/bin:/bin", "HOME": folder],
            folder: folder,
            logFile: logFile
        )
    }

    private func writeFiles() throws(LocalSiteError) {
        try PrivateFiles.makeFolder(folder)
        let credentials = try Self.credentials(in: credentialsFile)
        try PrivateFiles.write("[].\n", to: folder + "/enabled_plugins")
        // A default user of our own means that "guest" is never made. The user is made at the node's first start.
        try PrivateFiles.write(
            """
            listeners.tcp.1 = 127.0.0.1:\(port)
            default_user = \(credentials.user)
            default_pass = \(credentials.password)
            log.console = true
            log.console.level = info
            log.file = false

            """,
            to: folder + "/rabbitmq.conf"
        )
    }

    /// Reads the file, or makes it with a random password.
    private static func credentials(in file: String) throws(LocalSiteError) -> (user: String, password: String) {
        if !FileManager.default.fileExists(atPath: file) {
            var random = SystemRandomNumberGenerator()
            let words = (0..<4).map { _ in String(UInt64.random(in: .min ... .max, using: &random), radix: 36) }
            try PrivateFiles.write("keyferry\n\(words.joined())\n", to: file)
        }
        let lines = (PrivateFiles.read(file) ?? "").split(separator: "\n").map(String.init)
        guard lines.count == 2 else {
            throw LocalSiteError(.fileUnusable, "\(file) must hold the broker's user and password in two lines")
        }
        return (lines[0], lines[1])
    }
}
