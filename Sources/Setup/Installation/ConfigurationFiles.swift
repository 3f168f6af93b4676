import Cryptography
import KeyModel
import ServiceBootstrap

/// Writes the configuration files of a new installation: the examples, comments and all, with the values
/// of this one.
struct ConfigurationFiles {
    /// Where they are written.
    let folder: InstallationFolder
    let options: InstallationOptions

    func write(_ keys: TokenPreparation.Keys) throws {
        try write(
            .gateway,
            PackageResources.gateway_example_yaml,
            [partition, broker, ("  # port: 5696", "  port: \(options.ports.gateway)")]
                + options.hosts.prefix(1).map { ("  # host: keys.example.com", "  host: \(Self.quoted($0))") }
        )
        try write(
            .admin,
            PackageResources.admin_example_yaml,
            [partition, broker, ("  # port: 9443", "  port: \(options.ports.admin)")]
        )
        try write(
            .commandLine,
            PackageResources.operator_example_yaml,
            [("server: localhost:9443", "server: localhost:\(options.ports.admin)")]
        )
        try writeWorker(keys, state: folder, replacing: false)
    }

    /// Writes `worker.yaml`.
    ///
    /// - Parameter state: the installation whose state it names.
    func writeWorker(_ keys: TokenPreparation.Keys, state: InstallationFolder, replacing: Bool) throws {
        try write(
            .worker,
            PackageResources.worker_example_yaml,
            [partition, broker] + tokenLines(keys) + stateLines(state),
            replacing: replacing
        )
    }

    /// What the command line reads to act as another operator.
    static func profile(
        server: NetworkAddress,
        serverAuthority: String,
        certificate: String,
        key: String
    ) throws(SetupError) -> String {
        try applying(
            [
                ("server: localhost:9443", "server: \(quoted(server.description))"),
                (
                    "serverAuthorityFile: authorities/services.pem",
                    "serverAuthorityFile: \(quoted(serverAuthority))"
                ),
                ("certificateFile: operators/first.pem", "certificateFile: \(quoted(certificate))"),
                ("keyFile: operators/first.key", "keyFile: \(quoted(key))"),
            ],
            to: String(decoding: PackageResources.operator_example_yaml, as: UTF8.self)
        )
    }

    private var partition: (old: String, new: String) {
        ("partition: main", "partition: \(options.partition)")
    }

    private var broker: (old: String, new: String) {
        ("  addresses: [\"127.0.0.1:5672\"]", "  addresses: [\"127.0.0.1:\(options.ports.broker)\"]")
    }

    /// A state of its own is named by absolute paths.
    private func stateLines(_ home: InstallationFolder) -> [(old: String, new: String)] {
        let configuration = "  # softHSMConfigurationFile: token/softhsm2.conf"
        guard home.hasStateOfItsOwn else {
            return [(configuration, "  softHSMConfigurationFile: token/softhsm2.conf")]
        }
        return [
            (configuration, "  softHSMConfigurationFile: \(Self.quoted(home.softHSMConfigurationFile))"),
            ("  # guardFolder: token", "  guardFolder: \(Self.quoted(home.guardFolder))"),
            ("  sqliteFile: store/keyferry.sqlite", "  sqliteFile: \(Self.quoted(home.databaseFile))"),
        ]
    }

    /// YAML 1.2, section 7.3.2: in single quotes nothing but the quote itself is special.
    static func quoted(_ path: String) -> String {
        "'" + path.replacing("'", with: "''") + "'"
    }

    private func tokenLines(_ keys: TokenPreparation.Keys) -> [(old: String, new: String)] {
        let examples = (
            recordMAC: "00112233445566778899aabbccddeeff",
            checkpoint: "102132435465768798a9bacbdcedfe0f",
            rootKeyImport: "2031425364758697a8b9cadbecfd0e1f"
        )
        return [
            ("  module: \(InstallationOptions.defaultModulePath)", "  module: \(options.modulePath)"),
            ("  tokenLabel: keyferry", "  tokenLabel: \(TokenPreparation.tokenLabel)"),
            ("  recordMACKey: \"\(examples.recordMAC)\"", "  recordMACKey: \"\(keys.recordMAC)\""),
            ("  # checkpointKey: \"\(examples.checkpoint)\"", "  checkpointKey: \"\(keys.checkpoint)\""),
            ("  # rootKeyImportKey: \"\(examples.rootKeyImport)\"", "  rootKeyImportKey: \"\(keys.rootKeyImport)\""),
        ]
    }

    private func write(
        _ configuration: InstallationFolder.Configuration,
        _ example: [UInt8],
        _ changes: [(old: String, new: String)],
        replacing: Bool = false
    ) throws {
        let text = try Self.applying(changes, to: String(decoding: example, as: UTF8.self))
        let path = folder.configuration(configuration)
        try DurableFile.write(Array(text.utf8), to: path, mode: 0o600, replacing: replacing)
    }

    /// Replaces whole lines, each of which the example must have once.
    static func applying(_ changes: [(old: String, new: String)], to example: String) throws(SetupError) -> String {
        var lines = example.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for change in changes {
            let places = lines.indices.filter { lines[$0] == change.old }
            guard places.count == 1, let place = places.first else {
                throw SetupError(.installationDamaged, "this program's example configuration has no line \(change.old)")
            }
            lines[place] = change.new
        }
        return lines.joined(separator: "\n")
    }
}
