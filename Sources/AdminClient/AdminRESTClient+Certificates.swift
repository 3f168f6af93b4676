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

    package func certificate(
        _ name: String,
        of instance: String
    ) async throws(AdminClientError) -> CertificateResource {
        try await send(HTTPSRequest(.GET, path(name, instance)))
    }

    /// The certificate in PEM.
    package func certificatePEM(_ name: String, of instance: String) async throws(AdminClientError) -> String {
        try await sendForText(HTTPSRequest(.GET, "\(path(name, instance))/pem"))
    }

    package func replaceCertificate(
        _ name: String,
        of instance: String,
        with replacement: CertificateReplacement
    ) async throws(AdminClientError) -> ReplacedCertificate {
        try await send(.POST, "\(path(name, instance))/replace", replacement)
    }

    /// The certificates of clients that were refused, in order of fingerprint.
    package func pendingCertificates() async throws(AdminClientError) -> [PendingCertificateResource] {
        try await list(PendingCertificateResource.self, at: "/v1/pending-certificates")
    }

    package func admitCertificate(
        _ fingerprint: String,
        _ admission: CertificateAdmission
    ) async throws(AdminClientError) -> CertificateResource {
        try await send(.POST, "/v1/pending-certificates/\(segment(fingerprint))/admit", admission)
    }

    private func path(_ name: String, _ instance: String) -> String {
        "/v1/instances/\(segment(instance))/certificates/\(segment(name))"
    }

    package func removeCertificate(
        _ name: String,
        from instance: String
    ) async throws(AdminClientError) -> RemovedCertificate {
        try await send(
            HTTPSRequest(.DELETE, path(name, instance))
        )
    }
}
