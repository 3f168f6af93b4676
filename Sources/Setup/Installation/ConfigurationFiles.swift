import Cryptography
import KeyModel

/// Writes the configuration files of a new installation: the examples, comments and all, with the values
/// of this one.
struct ConfigurationFiles {
    let folder: InstallationFolder
    let options: InstallationOptions

    func write(_ keys: TokenPreparation.Keys) throws {
        let partition = ("partition: main", "partition: \(options.partition)")
        let broker = (
            "  addresses: [\"127.0.0.1:5672\"]", "  addresses: [\"127.0.0.1:\(options.ports.broker)\"]"
        )
        try write(
            .gateway,
            PackageResources.gateway_example_yaml,
            [partition, broker, ("  # port: 5696", "  port: \(options.ports.gateway)")]
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
        try write(.worker, PackageResources.worker_example_yaml, [partition, broker] + tokenLines(keys))
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
            (
                "  # softHSMConfigurationFile: token/softhsm2.conf",
                "  softHSMConfigurationFile: token/softhsm2.conf"
            ),
            ("  recordMACKey: \"\(examples.recordMAC)\"", "  recordMACKey: \"\(keys.recordMAC)\""),
            ("  # checkpointKey: \"\(examples.checkpoint)\"", "  checkpointKey: \"\(keys.checkpoint)\""),
            ("  # rootKeyImportKey: \"\(examples.rootKeyImport)\"", "  rootKeyImportKey: \"\(keys.rootKeyImport)\""),
        ]
    }

    private func write(
        _ configuration: InstallationFolder.Configuration,
        _ example: [UInt8],
        _ changes: [(old: String, new: String)]
    ) throws {
        let text = try Self.applying(changes, to: String(decoding: example, as: UTF8.self))
        let path = folder.configuration(configuration)
        try DurableFile.write(Array(text.utf8), to: path, mode: 0o600, replacing: false)
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
