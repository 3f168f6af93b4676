package import AdminResources
internal import NIOHTTP1

/// Instances, and the status.
extension AdminRESTClient {
    /// All instances, in order of name.
    package func instances() async throws(AdminClientError) -> [InstanceResource] {
        try await list(InstanceResource.self, at: "/v1/instances")
    }

    package func status() async throws(AdminClientError) -> StatusResource {
        try await send(HTTPSRequest(.GET, "/v1/status"))
    }
}
