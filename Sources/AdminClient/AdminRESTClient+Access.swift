package import AdminResources
internal import NIOHTTP1

/// Service authorizations, operators, identities of services.
extension AdminRESTClient {
    /// Those that a root key's owner has given, in order of the instance's name.
    ///
    /// - Parameter rootKey: its identifier, or its name where no other root key has it.
    package func authorizations(for rootKey: String) async throws(AdminClientError) -> [AuthorizationResource] {
        try await list(AuthorizationResource.self, at: "/v1/root-keys/\(segment(rootKey))/authorizations")
    }

    package func grantAuthorization(
        _ grant: AuthorizationGrant,
        for rootKey: String,
        to instance: String
    ) async throws(AdminClientError) -> AuthorizationResource {
        try await send(.PUT, "/v1/root-keys/\(segment(rootKey))/authorizations/\(segment(instance))", grant)
    }

    package func withdrawAuthorization(
        for rootKey: String,
        from instance: String
    ) async throws(AdminClientError) -> AuthorizationResource {
        let path = "/v1/root-keys/\(segment(rootKey))/authorizations/\(segment(instance))"
        return try await send(HTTPSRequest(.DELETE, path))
    }

    package func operators() async throws(AdminClientError) -> [OperatorResource] {
        try await list(OperatorResource.self, at: "/v1/operators")
    }

    package func addOperator(_ new: NewOperator) async throws(AdminClientError) -> OperatorResource {
        try await send(.POST, "/v1/operators", new)
    }

    package func revokeOperator(_ fingerprint: String) async throws(AdminClientError) -> OperatorResource {
        try await send(HTTPSRequest(.POST, "/v1/operators/\(segment(fingerprint))/revoke"))
    }

    package func identities() async throws(AdminClientError) -> [ServiceIdentityResource] {
        try await list(ServiceIdentityResource.self, at: "/v1/identities")
    }

    package func addIdentity(_ new: NewIdentity) async throws(AdminClientError) -> ServiceIdentityResource {
        try await send(.POST, "/v1/identities", new)
    }

    /// - Parameter evenThisFront: whether it may be the identity of the admin front that is asked.
    package func revokeIdentity(
        _ fingerprint: String,
        evenThisFront: Bool
    ) async throws(AdminClientError) -> ServiceIdentityResource {
        let revocation = IdentityRevocation(evenThisFront: evenThisFront)
        return try await send(.POST, "/v1/identities/\(segment(fingerprint))/revoke", revocation)
    }
}
