internal import AdminResources
internal import FoundationEssentials
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

/// `/v1/identities`: the certificates by which gateways, admin fronts and workers are believed.
struct IdentityRoutes: RouteGroup {
    let jobs: any OperatorJobs
    let maximumBodyByteCount: Int

    var routes: [Route] {
        [
            Route(.get, "/v1/identities", handle: list),
            Route(.post, "/v1/identities", handle: add),
            Route(.get, "/v1/identities/{fingerprint}", handle: show),
            Route(.post, "/v1/identities/{fingerprint}/revoke", handle: revoke),
        ]
    }

    @Sendable
    private func list(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let pagination = try Pagination(request)
        let all = try await services(context).map(ServiceIdentityResource.init)
        return .json(pagination.page(of: all) { "\($0.name) \($0.fingerprint)" })
    }

    @Sendable
    private func show(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let missing = APIFailure(.identityNotFound, "No service has that certificate.")
        let fingerprint = try context.fingerprint(else: missing)
        guard let shown = try await services(context).first(where: { $0.fingerprint == fingerprint }) else {
            throw missing
        }
        return .json(ServiceIdentityResource(shown), tag: shown.tag)
    }

    private func services(_ context: AdminRequestContext) async throws(APIFailure) -> [ServiceIdentity] {
        let answer = try await jobs.perform(.identity(.list), for: context)
        guard case .identity(.list(let services)) = answer else { throw APIFailure(.internal) }
        return services
    }

    @Sendable
    private func add(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let new = try await request.decodeJSON(NewIdentity.self, upTo: maximumBodyByteCount)
        guard ResourceName.isValid(new.name) else {
            throw APIFailure(.invalidName, "A name is \(ResourceName.rule).")
        }
        let certificate = try SubmittedCertificate(pem: new.pem)
        let signed = try SignedStatement(new.signed)
        let replaced = try CertificateFingerprint.replaced(new.replaces)
        let answer = try await jobs.perform(
            .identity(.add(name: new.name, der: certificate.der, replaced: replaced, signed: signed)),
            for: context
        ) { code in
            switch code {
            case .alreadyExists:
                APIFailure(
                    .identityAlreadyRegistered,
                    "The certificate was registered before, which counts for ever, or a service in force has the name."
                )
            case .certificateInvalid:
                APIFailure(
                    .certificateNotAccepted,
                    "It must be a P-256 certificate of the services' CA for a gateway, an admin front or a worker of this "
                        + "partition, and in its dates."
                )
            case .itemNotFound:
                APIFailure(
                    .identityNotFound,
                    "What it is to take the place of is no identity in force of that name and role."
                )
            case .statementNotAccepted: .statementNotAccepted
            default: nil
            }
        }
        guard case .identity(.added(let added)) = answer else { throw APIFailure(.internal) }
        var response = Response.json(ServiceIdentityResource(added), status: .created, tag: added.tag)
        response.headers[.location] = "/v1/identities/\(added.fingerprint)"
        return response
    }

    @Sendable
    private func revoke(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let missing = APIFailure(.identityNotFound, "No service in force has that certificate.")
        let fingerprint = try context.fingerprint(else: missing)
        let wanted = try await request.decodeJSON(IdentityRevocation.self, upTo: maximumBodyByteCount)
        let answer = try await jobs.perform(
            .identity(.revoke(fingerprint, isOwnMeant: wanted.evenThisFront)),
            for: context
        ) { code in
            switch code {
            case .itemNotFound: missing
            case .wouldLockOut:
                APIFailure(
                    .wouldLockOut,
                    "It is the identity of the admin front that you are using: without it this front can do nothing more"
                        + " for operators. If it is meant, set 'evenThisFront'."
                )
            default: nil
            }
        }
        guard case .identity(.revoked(let revoked)) = answer else { throw APIFailure(.internal) }
        return .json(ServiceIdentityResource(revoked), tag: revoked.tag)
    }
}

extension ServiceIdentityResource {
    init(_ model: ServiceIdentity) {
        self.init(
            name: model.name,
            fingerprint: model.fingerprint.description,
            role: model.role.rawValue,
            status: model.status.rawValue,
            notAfter: Date(model.notAfter)
        )
    }
}
