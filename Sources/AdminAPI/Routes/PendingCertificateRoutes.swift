internal import AdminResources
internal import Cryptography
internal import FoundationEssentials
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

/// `/v1/pending-certificates`: certificates that clients have shown and that are not registered.
struct PendingCertificateRoutes: RouteGroup {
    let jobs: any OperatorJobs
    let maximumBodyByteCount: Int

    var routes: [Route] {
        [
            Route(.get, "/v1/pending-certificates", handle: list),
            Route(.post, "/v1/pending-certificates/{fingerprint}/admit", handle: admit),
        ]
    }

    @Sendable
    private func list(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let pagination = try Pagination(request)
        let answer = try await jobs.perform(.certificate(.listPending), for: context)
        guard case .certificate(.pending(let certificates)) = answer else { throw APIFailure(.internal) }
        return .json(
            pagination.page(of: certificates.compactMap(PendingCertificateResource.init), name: \.fingerprint)
        )
    }

    @Sendable
    private func admit(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let text = context.parameters.get("fingerprint") ?? ""
        guard text.utf8.count == 64, let fingerprint = CertificateFingerprint(hexadecimal: text) else {
            throw APIFailure(.certificateNotPending, "A fingerprint is 64 hexadecimal digits.")
        }
        let admission = try await request.decodeJSON(CertificateAdmission.self, upTo: maximumBodyByteCount)
        guard ResourceName.isValid(admission.name) else {
            throw APIFailure(.invalidName, "A name is \(ResourceName.rule).")
        }
        let instance = admission.instance
        guard ResourceName.isValid(instance) else { throw APIFailure(.instanceNotFound) }
        let refusal = CertificateRefusal(
            instance: instance,
            name: admission.name,
            fingerprint: fingerprint.bytes,
            likelyReason: "It is out of its dates by the workers' clock."
        )
        return try await jobs.register(
            .admit(fingerprint, instance: instance, name: admission.name),
            refusedAs: refusal,
            for: context
        )
    }
}

extension PendingCertificateResource {
    /// Nil where what a worker has is no certificate.
    fileprivate init?(_ pending: PendingCertificate) {
        guard let certificate = try? Certificate(der: pending.der) else { return nil }
        self.init(
            fingerprint: pending.fingerprint.description,
            subject: certificate.subject,
            issuer: certificate.issuer,
            key: certificate.keyDescription,
            notBefore: Date(Timestamp(secondsSince1970: certificate.notBefore)),
            notAfter: Date(Timestamp(secondsSince1970: certificate.notAfter)),
            address: pending.address,
            firstSeen: Date(pending.firstSeen),
            lastSeen: Date(pending.lastSeen),
            attempts: pending.attempts
        )
    }
}
