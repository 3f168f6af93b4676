internal import AdminResources
internal import FoundationEssentials
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

/// `/v1/operators`.
struct OperatorRoutes: RouteGroup {
    let jobs: any OperatorJobs
    let maximumBodyByteCount: Int

    var routes: [Route] {
        [
            Route(.get, "/v1/operators", handle: list),
            Route(.post, "/v1/operators", handle: add),
            Route(.get, "/v1/operators/{fingerprint}", handle: show),
            Route(.post, "/v1/operators/{fingerprint}/revoke", handle: revoke),
        ]
    }

    @Sendable
    private func list(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let pagination = try Pagination(request)
        // Names come again after a renewal; fingerprints do not.
        let all = try await operators(context).map(OperatorResource.init)
        return .json(pagination.page(of: all) { "\($0.name) \($0.fingerprint)" })
    }

    @Sendable
    private func show(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let missing = APIFailure(.operatorNotFound, "No operator has that certificate.")
        let fingerprint = try context.fingerprint(else: missing)
        guard let shown = try await operators(context).first(where: { $0.fingerprint == fingerprint }) else {
            throw missing
        }
        return .json(OperatorResource(shown), tag: shown.tag)
    }

    private func operators(_ context: AdminRequestContext) async throws(APIFailure) -> [Operator] {
        let answer = try await jobs.perform(.registeredOperator(.list), for: context)
        guard case .registeredOperator(.list(let operators)) = answer else { throw APIFailure(.internal) }
        return operators
    }

    @Sendable
    private func add(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let new = try await request.decodeJSON(NewOperator.self, upTo: maximumBodyByteCount)
        guard ResourceName.isValid(new.name) else {
            throw APIFailure(.invalidName, "A name is \(ResourceName.rule).")
        }
        let certificate = try SubmittedCertificate(pem: new.pem)
        let roles: Set<Operator.Role> = try RoleNames.roles(new.roles)
        let signed = try SignedStatement(new.signed)
        let replaced = try CertificateFingerprint.replaced(new.replaces)
        let answer = try await jobs.perform(
            .registeredOperator(
                .add(name: new.name, der: certificate.der, roles: roles, replaced: replaced, signed: signed)
            ),
            for: context
        ) { code in
            switch code {
            case .alreadyExists:
                APIFailure(
                    .operatorAlreadyRegistered,
                    "The certificate was registered before, which counts for ever, or an operator in force has the name."
                )
            case .certificateInvalid:
                APIFailure(
                    .certificateNotAccepted,
                    "It must be a P-256 certificate of the operators' CA, and in its dates."
                )
            case .operatorNotAuthorized:
                APIFailure(
                    .operatorNotAuthorized,
                    "Key owners and KMIP managers admit operators, and give only roles that they have themselves."
                )
            case .itemNotFound:
                APIFailure(
                    .operatorNotFound,
                    "What it is to take the place of is no certificate in force of an operator of that name with these roles."
                )
            case .statementNotAccepted: .statementNotAccepted
            default: nil
            }
        }
        guard case .registeredOperator(.added(let added)) = answer else { throw APIFailure(.internal) }
        var response = Response.json(OperatorResource(added), status: .created, tag: added.tag)
        response.headers[.location] = "/v1/operators/\(added.fingerprint)"
        return response
    }

    @Sendable
    private func revoke(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let missing = APIFailure(.operatorNotFound, "No operator in force has that certificate.")
        let fingerprint = try context.fingerprint(else: missing)
        let answer = try await jobs.perform(.registeredOperator(.revoke(fingerprint)), for: context) { code in
            switch code {
            case .itemNotFound: missing
            case .wouldLockOut:
                APIFailure(.wouldLockOut, "He is the last key owner or KMIP manager in force. Admit another one first.")
            default: nil
            }
        }
        guard case .registeredOperator(.revoked(let revoked)) = answer else { throw APIFailure(.internal) }
        return .json(OperatorResource(revoked), tag: revoked.tag)
    }
}

extension AdminRequestContext {
    /// The certificate that the path names.
    func fingerprint(else missing: APIFailure) throws(APIFailure) -> CertificateFingerprint {
        let text = parameters.get("fingerprint") ?? ""
        guard let fingerprint = CertificateFingerprint(hexadecimal: text) else { throw missing }
        return fingerprint
    }
}

extension CertificateFingerprint {
    /// The certificate that a new one takes the place of.
    static func replaced(_ text: String?) throws(APIFailure) -> CertificateFingerprint? {
        guard let text else { return nil }
        guard let fingerprint = CertificateFingerprint(hexadecimal: text) else {
            throw APIFailure(.invalidParameter, "'replaces' is a fingerprint: 64 lower-case hexadecimal digits.")
        }
        return fingerprint
    }
}

extension OperatorResource {
    init(_ model: Operator) {
        self.init(
            name: model.name,
            fingerprint: model.fingerprint.description,
            roles: model.roles.map(\.rawValue).sorted(),
            status: model.status.rawValue,
            notAfter: Date(model.notAfter)
        )
    }
}
