internal import AdminClient
package import ArgumentParser
internal import Cryptography
internal import Foundation
internal import ServiceBootstrap

/// How operators' commands find the admin front: by a settings file that setup makes.
package struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Use the settings in profiles/<name>.yaml instead of operator.yaml. (default: KEYFERRY_PROFILE)",
            valueName: "name"
        ),
        completion: .custom { _, _, _ in
            OperatorProfiles(home: nil, environment: Console.current.environment).names
        }
    )
    package var profile: String?

    @Option(
        help: ArgumentHelp(
            "The folder of the settings. (default: KEYFERRY_HOME, or else ~/.keyferry)",
            valueName: "folder"
        )
    )
    package var home: String?

    package init() {}

    package func validate() throws {
        guard let profile, !OperatorProfiles.isName(profile) else { return }
        throw ValidationError("A profile's name has letters, digits, '-', '_' and '.', and does not begin with a '.'.")
    }

    func connect() async throws(CommandFailure) -> AdminRESTClient {
        try await connectToSign().client
    }

    /// The services CA, which the server's certificate is of, and every worker's.
    func servicesAuthority() async throws(CommandFailure) -> Certificate {
        try InputFile.certificate(try await settings().serverAuthorityFile)
    }

    private func settings() async throws(CommandFailure) -> OperatorSettings {
        let environment = Console.current.environment
        let profiles = OperatorProfiles(home: home, environment: environment)
        let name = profile ?? environment["KEYFERRY_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
        guard name.map(OperatorProfiles.isName) ?? true else {
            throw CommandFailure(.usage, "KEYFERRY_PROFILE is not the name of a profile")
        }
        let file = profiles.file(name)
        guard FileManager.default.fileExists(atPath: file) else { throw profiles.missing(name) }
        do {
            return try await ConfigurationReader.read(
                OperatorSettings.self,
                path: file,
                environment: environment
            )
        } catch {
            throw CommandFailure(.configuration, error.description)
        }
    }

    /// As `connect`, with what it takes to sign requests as the same operator.
    func connectToSign() async throws(CommandFailure) -> (client: AdminRESTClient, signing: OperatorSigning) {
        let settings = try await settings()
        let signing = OperatorSigning(
            certificate: try InputFile.certificate(settings.certificateFile),
            privateKey: try InputFile.privateKey(settings.keyFile)
        )
        let configuration = AdminClientConfiguration(
            endpoint: AdminEndpoint(host: settings.server.host, port: Int(settings.server.port)),
            authority: try InputFile.certificate(settings.serverAuthorityFile),
            certificate: signing.certificate,
            privateKey: signing.privateKey,
            requestSeconds: Int(settings.timeout.components.seconds)
        )
        do {
            return (try AdminRESTClient(configuration), signing)
        } catch {
            throw CommandFailure(error)
        }
    }
}
