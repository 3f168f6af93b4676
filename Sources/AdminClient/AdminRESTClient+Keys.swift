package import AdminResources
internal import NIOHTTP1

/// Keys of instances.
extension AdminRESTClient {
    /// One part of the keys of an instance, newest first; it may have fewer keys than `limit`, or none, and not be the
    /// last.
    ///
    /// - Parameter cursor: the `nextCursor` of the part before.
    package func keyPage(
        of instance: String,
        matching query: KeyQuery = KeyQuery(),
        limit: Int = 500,
        cursor: String? = nil
    ) async throws(AdminClientError) -> Page<KeyResource> {
        var parameters = query.parameters + [(name: "limit", value: "\(limit)")]
        if let cursor { parameters.append((name: "cursor", value: cursor)) }
        let text = parameters.map { "\($0.name)=\(segment($0.value))" }.joined(separator: "&")
        let page: Page<KeyResource> = try await send(HTTPSRequest(.GET, "\(keys(of: instance))?\(text)"))
        guard page.nextCursor == nil || page.nextCursor != cursor else {
            throw AdminClientError(.unexpectedAnswer, detail: "its pages do not end")
        }
        return page
    }

    package func key(_ identifier: String, of instance: String) async throws(AdminClientError) -> KeyResource {
        try await send(HTTPSRequest(.GET, key(identifier, instance)))
    }

    /// One part of what happened to a key, newest first.
    package func history(
        of identifier: String,
        instance: String,
        limit: Int = 100,
        cursor: String? = nil
    ) async throws(AdminClientError) -> KeyHistoryPage {
        let behind = cursor.map { "&cursor=\(segment($0))" } ?? ""
        return try await send(HTTPSRequest(.GET, "\(key(identifier, instance))/history?limit=\(limit)\(behind)"))
    }

    package func revokeKey(
        _ identifier: String,
        of instance: String,
        because revocation: KeyRevocation
    ) async throws(AdminClientError) -> KeyResource {
        try await send(.POST, "\(key(identifier, instance))/revoke", revocation)
    }

    /// Orders keys to be revoked in the background.
    package func revokeKeys(
        _ order: RevocationOrderResource,
        of instance: String
    ) async throws(AdminClientError) -> OperationResource {
        try await send(.POST, "/v1/instances/\(segment(instance))/key-revocations", order)
    }

    package func restoreKey(_ identifier: String, of instance: String) async throws(AdminClientError) -> KeyResource {
        try await send(HTTPSRequest(.POST, "\(key(identifier, instance))/restore"))
    }

    package func destroyKey(_ identifier: String, of instance: String) async throws(AdminClientError) -> KeyResource {
        try await send(HTTPSRequest(.POST, "\(key(identifier, instance))/destroy"))
    }

    private func keys(of instance: String) -> String { "/v1/instances/\(segment(instance))/keys" }

    private func key(_ identifier: String, _ instance: String) -> String {
        "\(keys(of: instance))/\(segment(identifier))"
    }
}
