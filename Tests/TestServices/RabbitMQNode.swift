import Foundation
import Glibc
import Synchronization

/// A RabbitMQ node of the test's own: private folder, user, ports and epmd, on loopback; never the system's service.
///
/// Ended, with its epmd, by `end()`, or when the test process exits.
package final class RabbitMQNode: Sendable {
    /// Not the wrapper in `/usr/sbin`, which changes the user and drops the environment.
    package static let serverPath = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    package static let controlPath = "/usr/lib/rabbitmq/bin/rabbitmqctl"
    package static let epmdPath = "/usr/bin/epmd"

    /// Certificates for `amqps`; the node then demands one of its client too.
    package struct TLS: Sendable {
        package var port: UInt16
        package var certificateAuthorityPath: String
        package var certificatePath: String
        package var keyPath: String

        package init(port: UInt16, certificateAuthorityPath: String, certificatePath: String, keyPath: String) {
            self.port = port
            self.certificateAuthorityPath = certificateAuthorityPath
            self.certificatePath = certificatePath
            self.keyPath = keyPath
        }
    }

    package let port: UInt16
    /// User and password in two lines, mode 0600.
    package let credentialsPath: String
    package let folder: TemporaryFolder
    private let name: String
    private let distributionPort: UInt16
    private let epmdPort: UInt16
    private let epmd: ChildProcess
    private let server = Mutex<ChildProcess?>(nil)
    private let node = Mutex<Int32?>(nil)

    /// Starts a node and waits until it accepts connections.
    package init(tls: TLS? = nil) async throws {
        folder = try TemporaryFolder(prefix: "kf-mq")
        port = try FreePort.find()
        distributionPort = try FreePort.find()
        epmdPort = try FreePort.find()
        name = "keyferry-test-\(port)@localhost"
        let password = UUID().uuidString
        credentialsPath = try folder.write("keyferry\n\(password)\n", to: "credentials")
        try folder.write("[].\n", to: "enabled_plugins")
        try folder.write(Self.settings(port: port, password: password, tls: tls), to: "rabbitmq.conf")
        epmd = try ChildProcess(
            Self.epmdPath,
            ["-port", "\(epmdPort)", "-address", "127.0.0.1"],
            environment: ["PATH": "/usr/bin:/bin"]
        )
        try await start()
    }

    /// Starts the node again after `kill` or `stop`, on the same ports with the same data.
    package func start() async throws {
        let pidFile = folder.file("node.pid")
        try? FileManager.default.removeItem(atPath: pidFile)
        var environment = basicEnvironment
        environment.merge([
            "RABBITMQ_MNESIA_BASE": folder.file("mnesia"), "RABBITMQ_LOG_BASE": folder.file("log"),
            "RABBITMQ_CONFIG_FILE": folder.file("rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": folder.file("enabled_plugins"),
            "RABBITMQ_PID_FILE": pidFile,
            "RABBITMQ_DIST_PORT": "\(distributionPort)",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +sbwtdcpu none +sbwtdio none",
        ]) { $1 }
        let child = try ChildProcess(
            Self.serverPath,
            [],
            environment: environment,
            log: folder.file("server-output.log")
        )
        server.withLock { $0 = child }
        for _ in 0..<1200 {
            guard child.isRunning else { break }
            if let pid = Self.pid(inFile: pidFile) {
                if node.withLock({ $0 }) != pid {
                    node.withLock { $0 = pid }
                    ExitCleanup.add(process: pid)
                }
                if FreePort.isAccepting(port: port) { return }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        let output = (try? String(contentsOfFile: folder.file("server-output.log"), encoding: .utf8)) ?? ""
        await end()
        throw TestServiceError("RabbitMQ did not start: \(output.suffix(2000))")
    }

    /// SIGKILL: nothing is written, connections break.
    package func kill() async {
        signal(SIGKILL)
        await ended()
    }

    /// Orderly: connections are closed by the broker.
    package func stop() async {
        signal(SIGTERM)
        await ended()
    }

    /// SIGSTOP: sockets stay open and nobody answers.
    package func freeze() { signal(SIGSTOP) }

    package func thaw() { signal(SIGCONT) }

    /// Ends the node and its epmd.
    package func end() async {
        signal(SIGKILL)
        await ended()
        await epmd.end()
    }

    /// Runs `rabbitmqctl` on this node.
    @discardableResult
    package func control(_ arguments: [String]) async throws -> String {
        try await ChildProcess.run(Self.controlPath, arguments, environment: basicEnvironment, in: folder)
    }

    /// What the node and `rabbitmqctl` must agree on.
    private var basicEnvironment: [String: String] {
        [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder.path, "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": name, "ERL_EPMD_ADDRESS": "127.0.0.1", "ERL_EPMD_PORT": "\(epmdPort)",
        ]
    }

    private func signal(_ number: Int32) {
        if let pid = node.withLock({ $0 }) { _ = Glibc.kill(pid, number) }
    }

    /// The starting script lives as long as the node.
    private func ended() async {
        await server.withLock { $0 }?.end(with: 0, killAfter: .seconds(20))
        if let pid = node.withLock({ node in
            defer { node = nil }
            return node
        }) {
            ExitCleanup.remove(process: pid)
        }
    }

    private static func pid(inFile path: String) -> Int32? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private static func settings(port: UInt16, password: String, tls: TLS?) -> String {
        var lines = """
            listeners.tcp.local = 127.0.0.1:\(port)
            default_user = keyferry
            default_pass = \(password)
            """
        if let tls {
            lines += """

                listeners.ssl.local = 127.0.0.1:\(tls.port)
                ssl_options.cacertfile = \(tls.certificateAuthorityPath)
                ssl_options.certfile = \(tls.certificatePath)
                ssl_options.keyfile = \(tls.keyPath)
                ssl_options.verify = verify_peer
                ssl_options.fail_if_no_peer_cert = true
                """
        }
        return lines + "\n"
    }
}
