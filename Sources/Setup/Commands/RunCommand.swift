import ArgumentParser
import Foundation
import Glibc
import Logging

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run broker, gateway, admin front and workers on this machine until Ctrl-C.",
        discussion: """
            The end of its terminal ends it as well, unless it was started by nohup(1). Either way everything that it \
            has started is stopped.
            """
    )

    @Option(help: "The installation's folder.")
    var home: String

    @Option(help: "How many workers.")
    var workers = 1

    @Option(help: "The gateway's port, instead of the configuration's.")
    var port: UInt16?

    @Option(help: "The admin front's port, instead of the configuration's.")
    var adminPort: UInt16?

    @Option(help: "The broker's port, instead of the configuration's.")
    var brokerPort: UInt16?

    @Option(help: "The first of the ports at which the processes are monitored; 0: any free ones.")
    var monitoringPort: UInt16 = 9701

    func validate() throws {
        guard (1...64).contains(workers) else { throw ValidationError("--workers takes 1 to 64") }
    }

    func run() async throws {
        // Where its output is piped to a program that ends first, the site is to be stopped and not left behind.
        signal(SIGPIPE, SIG_IGN)
        // The programs of an installation are in one folder.
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let binaries = URL(fileURLWithPath: program).deletingLastPathComponent().path
        var options = SiteRunOptions(home: home, binaries: binaries)
        options.workerCount = workers
        options.gatewayPort = port
        options.adminPort = adminPort
        options.brokerPort = brokerPort
        options.monitoringPort = monitoringPort == 0 ? nil : monitoringPort
        try await SiteRun(options, logger: Logger(label: "keyferry-setup"), say: TerminalOutput.say).run()
    }
}
