internal import AdminResources
internal import KeyModel

extension SignedStatement {
    /// What an operator signed, for the worker to verify: here it is only made sure that nothing is too long, and that there
    /// is a certificate.
    ///
    /// - Throws: `malformedRequest`, `certificateMalformed` or `privateKeySubmitted`.
    init(_ resource: SignedStatementResource) throws(APIFailure) {
        let certificate = try SubmittedCertificate(pem: resource.certificatePem, field: "certificatePem")
        let tooLong =
            APIFailure.tooLong(resource.statement, upTo: ResourceLimits.statement, "statement")
            ?? APIFailure.tooLong(resource.signature, upTo: ResourceLimits.signature, "signature")
        if let tooLong { throw tooLong }
        self.init(
            statement: Array(resource.statement.utf8),
            signature: resource.signature,
            certificate: certificate.der
        )
    }
}

extension APIFailure {
    /// The worker's log says which it is; an admin front is not told, for it is what the signature guards against.
    static let statementNotAccepted = APIFailure(
        .statementNotAccepted,
        "It must be signed by the operator who asks, in force and with the role, for exactly this request, within the last"
            + " minutes by the workers' clock, and is good for one use. The workers' log has the reason."
    )
}

/// Roles as clients name them.
enum RoleNames {
    /// - Throws: `invalidParameter` for one that is unknown.
    static func roles<Role: RawRepresentable<String> & CaseIterable & Hashable>(
        _ names: [String]
    ) throws(APIFailure) -> Set<Role> {
        var roles: Set<Role> = []
        for name in names {
            guard let role = Role(rawValue: name) else {
                let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
                throw APIFailure(.invalidParameter, "Roles are \(known).")
            }
            roles.insert(role)
        }
        guard !roles.isEmpty else { throw APIFailure(.invalidParameter, "At least one role must be given.") }
        return roles
    }
}
