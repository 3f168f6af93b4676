/// A request of an operator.
package struct OperatorJob: Hashable, Sendable {
    /// Proven by the TLS handshake that the admin front ended.
    package let requester: CertificateFingerprint
    package let request: Request
    /// The state that the requester saw of what he asks to change; nil where he does not mind.
    package let expectedTag: RecordTag?

    /// One case for each kind of resource; what can be asked of it is in a file of its own.
    package enum Request: Hashable, Sendable {
        case instance(InstanceRequest)
        case certificate(ClientCertificateRequest)
        case partition(PartitionRequest)
        case key(KeyRequest)
        case rootKey(RootKeyRequest)
        case operation(BackgroundOperationRequest)
        case authorization(AuthorizationRequest)
        case registeredOperator(RegisteredOperatorRequest)
        case identity(ServiceIdentityRequest)
    }

    package init(requester: CertificateFingerprint, request: Request, expectedTag: RecordTag? = nil) {
        self.requester = requester
        self.request = request
        self.expectedTag = expectedTag
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
    /// It changes managed objects.
    case objects
    /// It makes the next generation of the authority with the token's help: a version of a root key is made or tried in it.
    case rootKey
    /// It writes down what operators say, which decides nothing.
    case notes
    /// It writes down long work that is to be done, and changes nothing yet.
    case order
}

extension OperatorJob.Request: OperatorRequest {
    private var content: any OperatorRequest {
        switch self {
        case .instance(let request): request
        case .certificate(let request): request
        case .partition(let request): request
        case .key(let request): request
        case .rootKey(let request): request
        case .operation(let request): request
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
    case key(KeyAnswer)
    case rootKey(RootKeyAnswer)
    case operation(BackgroundOperationAnswer)
    case authorization(AuthorizationAnswer)
    case registeredOperator(RegisteredOperatorAnswer)
    case identity(ServiceIdentityAnswer)
}
