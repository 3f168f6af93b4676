internal import AdminClient
package import ArgumentParser
internal import Foundation
internal import ServiceBootstrap

/// How operators' commands find the admin front: by a settings file that setup makes.
package struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Use the settings in profiles/<name>.yaml instead of operator.yaml.",
            valueName: "name"
        )
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

    /// The settings file that the options and the environment name.
    var settingsFile: String {
        let environment = Console.current.environment
        let folder = home ?? environment["KEYFERRY_HOME"] ?? (environment["HOME"] ?? ".") + "/.keyferry"
        return folder + (profile.map { "/profiles/\($0).yaml" } ?? "/operator.yaml")
    }

    func connect() async throws(CommandFailure) -> AdminRESTClient {
        let file = settingsFile
        guard FileManager.default.fileExists(atPath: file) else {
            throw CommandFailure(
                .configuration,
                "there are no settings in \(file)",
                advice: profile == nil
                    ? "Give the installation's folder with --home or KEYFERRY_HOME; keyferry-setup makes the file."
                    : "A profile is a file like operator.yaml, in the folder 'profiles'."
            )
        }
        let settings: OperatorSettings
        do {
            settings = try await ConfigurationReader.read(
                OperatorSettings.self,
                path: file,
                environment: Console.current.environment
            )
        } catch {
            throw CommandFailure(.configuration, error.description)
        }
        let configuration = AdminClientConfiguration(
            endpoint: AdminEndpoint(host: settings.server.host, port: Int(settings.server.port)),
            authority: try InputFile.certificate(settings.serverAuthorityFile),
            certificate: try InputFile.certificate(settings.certificateFile),
            privateKey: try InputFile.privateKey(settings.keyFile),
            requestSeconds: Int(settings.timeout.components.seconds)
        )
        do {
            return try AdminRESTClient(configuration)
        } catch {
            throw CommandFailure(error)
        }
    }
}
