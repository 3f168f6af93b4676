package import AdminResources
internal import NIOHTTP1

/// Root keys, each named by its identifier or its name, and the operations that work on them.
extension AdminRESTClient {
    /// All root keys, in order of name.
    package func rootKeys() async throws(AdminClientError) -> [RootKeyDetails] {
        try await list(RootKeyDetails.self, at: "/v1/root-keys")
    }

    package func rootKey(_ name: String) async throws(AdminClientError) -> RootKeyDetails {
        try await send(HTTPSRequest(.GET, "/v1/root-keys/\(segment(name))"))
    }

    package func createRootKey(_ rootKey: NewRootKey) async throws(AdminClientError) -> RootKeyDetails {
        try await send(.POST, "/v1/root-keys", rootKey)
    }

    /// - Returns: the operation that moves the keys.
    package func rotateRootKey(_ name: String) async throws(AdminClientError) -> OperationResource {
        try await send(HTTPSRequest(.POST, "/v1/root-keys/\(segment(name))/rotate"))
    }

    package func suspendRootKey(_ name: String) async throws(AdminClientError) -> RootKeyDetails {
        try await send(HTTPSRequest(.POST, "/v1/root-keys/\(segment(name))/suspend"))
    }

    package func resumeRootKey(_ name: String) async throws(AdminClientError) -> RootKeyDetails {
        try await send(HTTPSRequest(.POST, "/v1/root-keys/\(segment(name))/resume"))
    }

    /// What a worker signed of the key that root keys are wrapped under, not yet verified.
    package func rootKeyImportToken() async throws(AdminClientError) -> SignedStatementResource {
        try await send(HTTPSRequest(.GET, "/v1/root-key-import-token"))
    }

    package func importRootKey(_ rootKey: RootKeyToImport) async throws(AdminClientError) -> RootKeyDetails {
        try await send(.POST, "/v1/root-key-imports", rootKey)
    }

    /// - Returns: the operation that moves the keys.
    package func importRootKeyVersion(
        _ version: RootKeyVersionToImport,
        of name: String
    ) async throws(AdminClientError) -> OperationResource {
        try await send(.POST, "/v1/root-keys/\(segment(name))/import-version", version)
    }

    package func deleteRootKey(
        _ name: String,
        _ order: RootKeyDeletionOrder
    ) async throws(AdminClientError) -> RootKeyDetails {
        try await send(.POST, "/v1/root-keys/\(segment(name))/delete", order)
    }

    package func restoreRootKey(_ name: String) async throws(AdminClientError) -> RootKeyDetails {
        try await send(HTTPSRequest(.POST, "/v1/root-keys/\(segment(name))/restore"))
    }

    /// The report of a deletion, with the signature of the worker that ended it.
    package func deletionReport(of name: String) async throws(AdminClientError) -> SignedStatementResource {
        try await send(HTTPSRequest(.GET, "/v1/root-keys/\(segment(name))/deletion-report"))
    }

    /// The latest operations, newest first.
    package func operations() async throws(AdminClientError) -> [OperationResource] {
        try await list(OperationResource.self, at: "/v1/operations")
    }

    package func operation(_ identifier: String) async throws(AdminClientError) -> OperationResource {
        try await send(HTTPSRequest(.GET, "/v1/operations/\(segment(identifier))"))
    }
}
