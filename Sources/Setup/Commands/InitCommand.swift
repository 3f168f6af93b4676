import ArgumentParser
import Foundation
import Logging

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make an installation: CAs, certificates, token, keys, key store, configuration. Once."
    )

    @Option(help: "The folder to make. It must not exist, or be empty.")
    var home: String

    @Option(help: "The folder of token and key store, instead of the other one. It must not exist, or be empty.")
    var state: String?

    @Option(help: "The user that workers run as, who gets the state. Root's to say.")
    var stateOwner: String?

    @Option(name: .customLong("host"), help: "A name or address under which clients reach the gateway. Repeatable.")
    var hosts: [String] = []

    @Option(
        name: .customLong("admin-host"),
        help: "Another name or address under which operators reach the admin front, beside --host. Repeatable."
    )
    var operatorHosts: [String] = []

    @Option(help: "The partition's name: 1 to 32 of a-z, 0-9 and -.")
    var partition = "main"

    @Option(help: "The gateway's server key: rsa2048, the sure choice with vCenter, or p256.")
    var serverKey: ServerKeyKind = .rsa2048

    @Option(help: "The gateway's port.")
    var port = SitePorts().gateway

    @Option(help: "The admin front's port, on loopback.")
    var adminPort = SitePorts().admin

    @Option(help: "The broker's port, on loopback.")
    var brokerPort = SitePorts().broker

    @Option(help: "SoftHSM's PKCS #11 module.")
    var module = InstallationOptions.defaultModulePath

    @Flag(help: "Leave an existing installation as it is, and say so, without an error.")
    var ifNeeded = false

    func validate() throws {
        guard stateOwner == nil || state != nil else { throw ValidationError("--state-owner goes with --state") }
    }

    func run() async throws {
        var options = try InstallationOptions(
            home: home,
            state: state,
            hosts: hosts,
            partition: partition,
            serverKey: serverKey
        )
        options.stateOwner = try stateOwner.map { name throws(SetupError) in try StateOwner(name: name) }
        options.operatorHosts = operatorHosts
        options.ports.gateway = port
        options.ports.admin = adminPort
        options.ports.broker = brokerPort
        options.modulePath = module
        do {
            let now = Int64(Date().timeIntervalSince1970)
            let maker = InstallationMaker(options, logger: Logger(label: "keyferry-setup"), now: now)
            try await maker.make().lines.forEach(TerminalOutput.say)
        } catch let error as SetupError where error.code == .installationExists && ifNeeded {
            TerminalOutput.say(error.description + ".")
        }
    }
}

extension ServerKeyKind: ExpressibleByArgument {}
