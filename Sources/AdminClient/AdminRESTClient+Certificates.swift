package import AdminResources
internal import NIOHTTP1

/// Client certificates of instances.
extension AdminRESTClient {
    /// All client certificates of an instance, in order of name.
    package func certificates(of instance: String) async throws(AdminClientError) -> [CertificateResource] {
        try await list(CertificateResource.self, at: "/v1/instances/\(segment(instance))/certificates")
    }

    package func addCertificate(
        _ certificate: NewCertificate,
        to instance: String
    ) async throws(AdminClientError) -> CertificateResource {
        try await send(.POST, "/v1/instances/\(segment(instance))/certificates", certificate)
    }

    package func removeCertificate(
        _ name: String,
        from instance: String
    ) async throws(AdminClientError) -> RemovedCertificate {
        try await send(
            HTTPSRequest(.DELETE, "/v1/instances/\(segment(instance))/certificates/\(segment(name))")
        )
    }
}
