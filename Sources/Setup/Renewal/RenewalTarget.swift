import KeyModel

/// What can be renewed, in the order in which it is: a CA before what it issues, which is valid no longer than it.
package enum RenewalTarget: String, Sendable, CaseIterable {
    /// The CA of the processes' identities, of ticket keys and of the admin front's server certificate.
    case servicesAuthority = "services-authority"
    /// Identities in the pipeline.
    case gateway, worker, admin
    /// The CA of operators.
    case operatorsAuthority = "operators-authority"
    /// The first operator's certificate.
    case firstOperator = "operator"
    /// What the fronts show to their clients.
    case gatewayServer = "gateway-tls"
    case adminServer = "admin-tls"
    /// The client that `keyferry-setup run` plays.
    case selfTestClient = "selftest"
    /// The key in the token that fronts encrypt their tickets to.
    case ticket

    var credential: CredentialName? {
        switch self {
        case .servicesAuthority: .servicesAuthority
        case .gateway: .gatewayIdentity
        case .worker: .workerIdentity
        case .admin: .adminIdentity
        case .operatorsAuthority: .operatorsAuthority
        case .firstOperator: .firstOperator
        case .gatewayServer: .gatewayServer
        case .adminServer: .adminServer
        case .selfTestClient: .selfTestClient
        case .ticket: nil
        }
    }

    /// Whether it is a CA, which keeps its key.
    var isAuthority: Bool { self == .servicesAuthority || self == .operatorsAuthority }

    /// Of an identity in the pipeline.
    var serviceRole: ServiceRole? {
        switch self {
        case .gateway: .gateway
        case .worker: .worker
        case .admin: .admin
        default: nil
        }
    }
}

package struct RenewalRequest: Sendable {
    package var targets: [RenewalTarget]
    /// Only certificates that expire within so many days; nil for all.
    package var withinDays: Int?
    /// Whether each certificate that is replaced, and no other, loses its authority at once and not when it expires.
    package var revokesReplaced = false
    /// Whether the gateway's server certificate gets a new key too.
    package var makesNewServerKey = false
    /// Other names and addresses for the servers' certificates; empty to keep those they have.
    package var hosts: [String] = []

    package init(_ targets: [RenewalTarget]) {
        self.targets = targets
    }
}

/// What became of one target.
package struct RenewalOutcome: Sendable {
    package let target: RenewalTarget
    package let isRenewed: Bool
    /// What happened and what to do now, in lines.
    package let lines: [String]
}
