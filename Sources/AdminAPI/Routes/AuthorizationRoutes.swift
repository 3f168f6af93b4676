internal import AdminResources
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

/// `/v1/root-keys/{rootKey}/authorizations`: which instances a root key's owner allows to use it.
struct AuthorizationRoutes: RouteGroup {
    let jobs: any OperatorJobs
    let maximumBodyByteCount: Int

    var routes: [Route] {
        [
            Route(.get, "/v1/root-keys/{rootKey}/authorizations", handle: list),
            Route(.get, "/v1/root-keys/{rootKey}/authorizations/{instance}", handle: show),
            Route(.put, "/v1/root-keys/{rootKey}/authorizations/{instance}", handle: grant),
            Route(.delete, "/v1/root-keys/{rootKey}/authorizations/{instance}", handle: withdraw),
        ]
    }

    @Sendable
    private func list(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let pagination = try Pagination(request)
        let all = try await authorizations(for: try rootKey(context), context)
        return .json(pagination.page(of: all.map(AuthorizationResource.init), name: \.instance))
    }

    @Sendable
    private func show(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let (rootKey, instance) = (try rootKey(context), try instance(context))
        let all = try await authorizations(for: rootKey, context)
        guard let shown = all.first(where: { $0.instanceName == instance }) else {
            throw await explain(.itemNotFound, rootKey, instance, context) ?? APIFailure(.internal)
        }
        return .json(AuthorizationResource(shown), tag: shown.authorization.tag)
    }

    @Sendable
    private func grant(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let (rootKey, instance) = (try rootKey(context), try instance(context))
        let wanted = try await request.decodeJSON(AuthorizationGrant.self, upTo: maximumBodyByteCount)
        let roles: Set<ServiceAuthorization.Role> = try RoleNames.roles(wanted.roles)
        let signed = try SignedStatement(wanted.signed)
        let answer = try await jobs.perform(
            .authorization(.grant(rootKey: rootKey, instance: instance, roles: roles, signed: signed)),
            for: context
        ) { code in
            await self.explain(code, rootKey, instance, context)
        }
        guard case .authorization(.granted(let granted)) = answer else { throw APIFailure(.internal) }
        return .json(AuthorizationResource(granted), tag: granted.authorization.tag)
    }

    @Sendable
    private func withdraw(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let (rootKey, instance) = (try rootKey(context), try instance(context))
        let answer = try await jobs.perform(
            .authorization(.withdraw(rootKey: rootKey, instance: instance)),
            for: context
        ) { code in
            await self.explain(code, rootKey, instance, context)
        }
        guard case .authorization(.withdrawn(let withdrawn)) = answer else { throw APIFailure(.internal) }
        return .json(AuthorizationResource(withdrawn))
    }

    private func authorizations(
        for rootKey: String,
        _ context: AdminRequestContext
    ) async throws(APIFailure) -> [AuthorizationDescription] {
        let answer = try await jobs.perform(
            .authorization(.list(rootKey: rootKey)),
            for: context,
            missing: Self.noRootKey(rootKey)
        )
        guard case .authorization(.list(let all)) = answer else { throw APIFailure(.internal) }
        return all
    }

    private func rootKey(_ context: AdminRequestContext) throws(APIFailure) -> String {
        let name = context.parameters.get("rootKey") ?? ""
        guard ResourceName.isValid(name) else { throw APIFailure(.rootKeyNotFound) }
        return name
    }

    private func instance(_ context: AdminRequestContext) throws(APIFailure) -> String {
        let name = context.parameters.get("instance") ?? ""
        guard ResourceName.isValid(name) else { throw APIFailure(.instanceNotFound) }
        return name
    }

    private static func noRootKey(_ name: String) -> APIFailure {
        APIFailure(.rootKeyNotFound, "No root key, or more than one, is called '\(name)' here.")
    }

    private func explain(
        _ code: OperationFailure.Code,
        _ rootKey: String,
        _ instance: String,
        _ context: AdminRequestContext
    ) async -> APIFailure? {
        switch code {
        case .itemNotFound:
            guard (try? await authorizations(for: rootKey, context)) != nil else { return Self.noRootKey(rootKey) }
            let shown = try? await jobs.perform(.instance(.show(name: instance)), for: context)
            guard shown != nil else { return .noInstance(instance) }
            return APIFailure(
                .authorizationNotFound,
                "Root key '\(rootKey)' gives instance '\(instance)' no authorization."
            )
        case .invalidField: return APIFailure(.invalidParameter, "At least one role must be given.")
        case .wrongLifecycleState:
            return APIFailure(.rootKeyNotActive, "The root key is being deleted, or the instance removed.")
        case .statementNotAccepted: return .statementNotAccepted
        default: return nil
        }
    }
}

extension AuthorizationResource {
    init(_ description: AuthorizationDescription) {
        let authorization = description.authorization
        self.init(
            instance: (description.instanceName, authorization.instance.text),
            rootKey: (description.rootKeyName, authorization.rootKey.text),
            roles: authorization.roles.map(\.rawValue).sorted(),
            allowsService: authorization.allowsService
        )
    }
}
