import Foundation

/// Where everything of an installation is. Folders are of mode 0700, files of 0600.
///
/// ```
/// gateway.yaml worker.yaml admin.yaml operator.yaml   what the processes and the command line read
/// authorities/   services.pem .key, operators.pem .key: the CAs. Their keys can go offline once certificates are made.
/// identities/    gateway, worker, admin: who each process is in the pipeline
/// tls/           gateway, admin: what the fronts show to their clients
/// operators/     first: the certificate of the person who made the installation
/// clients/       selftest: what `keyferry-setup run` plays a KMIP client with
/// token/         pin, so-pin, softhsm2.conf, tokens/
/// store/         keyferry.sqlite
/// ```
package struct InstallationFolder: Sendable, Hashable {
    /// Absolute, without a slash at its end.
    package let path: String

    package init(_ path: String) {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
    }

    package enum Configuration: String, Sendable, CaseIterable {
        case gateway, worker, admin
        case commandLine = "operator"
    }

    package func configuration(_ configuration: Configuration) -> String { file("\(configuration.rawValue).yaml") }

    package var pinFile: String { file("token/pin") }
    package var securityOfficerPINFile: String { file("token/so-pin") }
    package var softHSMConfigurationFile: String { file("token/softhsm2.conf") }
    package var tokenFolder: String { file("token/tokens") }
    /// Locks, and copies of what SoftHSM's login rewrites: the folder of the PIN, as workers have it.
    package var guardFolder: String { file("token") }
    package var databaseFile: String { file("store/keyferry.sqlite") }

    package func credential(_ name: CredentialName) -> CredentialFiles {
        CredentialFiles(certificateFile: file("\(name.rawValue).pem"), keyFile: file("\(name.rawValue).key"))
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// All folders below this one.
    static let folders = [
        "authorities", "identities", "tls", "operators", "clients", "token", "token/tokens", "store",
    ]

    /// Whether an installation is here. One that is being made has another name until it is whole.
    package var holdsInstallation: Bool {
        FileManager.default.fileExists(atPath: configuration(.worker))
    }
}

/// A certificate and its key in an installation, by their place in it.
package enum CredentialName: String, Sendable, Hashable, CaseIterable {
    case servicesAuthority = "authorities/services"
    case operatorsAuthority = "authorities/operators"
    case gatewayIdentity = "identities/gateway"
    case workerIdentity = "identities/worker"
    case adminIdentity = "identities/admin"
    case gatewayServer = "tls/gateway"
    case adminServer = "tls/admin"
    case firstOperator = "operators/first"
    case selfTestClient = "clients/selftest"
}
