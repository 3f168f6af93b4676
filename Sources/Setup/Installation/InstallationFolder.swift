import Foundation

/// Where everything of an installation is. Folders are of mode 0700, files of 0600.
///
/// ```
/// gateway.yaml worker.yaml admin.yaml operator.yaml   what the processes and the command line read
/// authorities/   services.pem .key, operators.pem .key: the CAs. Their keys can go offline once certificates are made.
/// identities/    gateway, worker, admin: who each process is in the pipeline
/// tls/           gateway, admin: what the fronts show to their clients
/// operators/     first: the certificate of the person who made the installation; others that were issued here
/// clients/       selftest: what `keyferry-setup run` plays a KMIP client with
/// token/         pin, so-pin
/// backup-key.pem the public half of the recovery key, where there is one
/// ```
///
/// What the processes write is in the state's folder, which is the same one unless set-up was told otherwise:
///
/// ```
/// token/         softhsm2.conf, tokens/, the login guard
/// store/         keyferry.sqlite
/// ```
package struct InstallationFolder: Sendable, Hashable {
    /// Absolute, without a slash at its end.
    package let path: String
    /// The state's folder. Absolute, without a slash at its end.
    package let state: String

    /// - Parameter state: nil for the installation's own folder.
    package init(_ path: String, state: String? = nil) {
        self.path = URL(fileURLWithPath: path).standardizedFileURL.path
        self.state = state.map { URL(fileURLWithPath: $0).standardizedFileURL.path } ?? self.path
    }

    package var hasStateOfItsOwn: Bool { state != path }

    package enum Configuration: String, Sendable, CaseIterable {
        case gateway, worker, admin
        case commandLine = "operator"
    }

    package func configuration(_ configuration: Configuration) -> String { file("\(configuration.rawValue).yaml") }

    package var pinFile: String { file("token/pin") }
    package var securityOfficerPINFile: String { file("token/so-pin") }
    package var softHSMConfigurationFile: String { "\(state)/token/softhsm2.conf" }
    package var tokenFolder: String { "\(state)/token/tokens" }
    /// Locks, and copies of what SoftHSM's login rewrites.
    package var guardFolder: String { "\(state)/token" }
    package var databaseFile: String { "\(state)/store/keyferry.sqlite" }

    package func credential(_ name: CredentialName) -> CredentialFiles {
        CredentialFiles(certificateFile: file("\(name.rawValue).pem"), keyFile: file("\(name.rawValue).key"))
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The folders below this one.
    static let folders = ["authorities", "identities", "tls", "operators", "clients", "token"]
    /// The folders below the state's.
    static let stateFolders = ["token", "token/tokens", "store"]

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
