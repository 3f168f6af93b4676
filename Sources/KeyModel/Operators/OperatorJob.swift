/// A request of an operator.
package struct OperatorJob: Hashable, Sendable {
    /// Proven by the TLS handshake that the admin front ended.
    package let requester: CertificateFingerprint
    package let request: Request

    /// One case for each kind of resource; what can be asked of it is in a file of its own.
    package enum Request: Hashable, Sendable {
        case instance(InstanceRequest)
        case certificate(ClientCertificateRequest)
        case partition(PartitionRequest)
        case authorization(AuthorizationRequest)
        case registeredOperator(RegisteredOperatorRequest)
        case identity(ServiceIdentityRequest)
    }

    package init(requester: CertificateFingerprint, request: Request) {
        self.requester = requester
        self.request = request
    }
}

/// What holds for every request of operators, whatever it is about.
package protocol OperatorRequest: Hashable, Sendable {
    /// What logs and metrics call it: resource and verb, such as `certificate.add`.
    var name: String { get }
    /// The role that its requester must have; nil where any role will do.
    var requiredRole: Operator.Role? { get }
    var effect: OperatorRequestEffect { get }
}

package enum OperatorRequestEffect: Hashable, Sendable {
    /// It reads.
    case none
    /// It makes the next generation of the authority.
    case authority
}

extension OperatorJob.Request: OperatorRequest {
    private var content: any OperatorRequest {
        switch self {
        case .instance(let request): request
        case .certificate(let request): request
        case .partition(let request): request
        case .authorization(let request): request
        case .registeredOperator(let request): request
        case .identity(let request): request
        }
    }

    package var name: String { content.name }
    package var requiredRole: Operator.Role? { content.requiredRole }
    package var effect: OperatorRequestEffect { content.effect }
}

/// What a worker answers an operator: one case for each kind of resource.
package enum OperatorAnswer: Hashable, Sendable {
    case instance(InstanceAnswer)
    case certificate(ClientCertificateAnswer)
    case partition(PartitionDescription)
    case authorization(AuthorizationAnswer)
    case registeredOperator(RegisteredOperatorAnswer)
    case identity(ServiceIdentityAnswer)
}
