internal import AdminResources
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

extension OperatorJobs {
    func certificates(
        of instance: String,
        for context: AdminRequestContext
    ) async throws(APIFailure) -> [ClientCertificateDescription] {
        let answer = try await perform(
            .certificate(.list(instance: instance)),
            for: context,
            missing: .noInstance(instance)
        )
        guard case .certificate(.list(let certificates)) = answer else { throw APIFailure(.internal) }
        return certificates
    }

    /// Has a certificate registered, and shows it with its path.
    ///
    /// - Parameter request: `add` or `admit`.
    func register(
        _ request: ClientCertificateRequest,
        refusedAs refusal: CertificateRefusal,
        for context: AdminRequestContext
    ) async throws(APIFailure) -> Response {
        let instance = refusal.instance
        let answer = try await perform(.certificate(request), for: context) { code in
            if code == .itemNotFound { return .noInstance(instance) }
            return await refusal.explain(code, asking: self, for: context)
        }
        guard case .certificate(.added(let added)) = answer else { throw APIFailure(.internal) }
        var response = Response.json(try CertificateResource(added), status: .created, tag: added.tag)
        response.headers[.location] = "/v1/instances/\(instance)/certificates/\(added.name)"
        return response
    }
}

/// A certificate that a worker did not register: its "exists already" and "not accepted", in the words that help.
struct CertificateRefusal: Sendable {
    let instance: String
    let name: String
    let fingerprint: [UInt8]
    let likelyReason: String
    /// Whether it was to take the place of the certificate of that name.
    var isReplacement = false

    /// - Returns: nil for what has no meaning of its own here.
    func explain(
        _ code: OperationFailure.Code,
        asking jobs: any OperatorJobs,
        for context: AdminRequestContext
    ) async -> APIFailure? {
        switch code {
        case .certificateInvalid: return APIFailure(.certificateNotAccepted, likelyReason)
        case .certificateUnchanged:
            return APIFailure(
                .certificateUnchanged,
                "Instance '\(instance)' has it under the name '\(name)' already."
            )
        case .previousCertificateInForce:
            return APIFailure(
                .previousCertificateInForce,
                "'\(name)' was replaced before, and that certificate is still valid beside it."
                    + " Remove it, or wait until it ends."
            )
        case .alreadyExists: return await explainPresence(jobs, context)
        default: return nil
        }
    }

    /// A worker does not say whether it is the certificate or its name that is there.
    private func explainPresence(_ jobs: any OperatorJobs, _ context: AdminRequestContext) async -> APIFailure {
        guard let present = try? await jobs.certificates(of: instance, for: context).map(\.certificate) else {
            return APIFailure(
                .certificateAlreadyRegistered,
                "The certificate is registered, or its name is taken; which of them can't be looked up at the moment."
            )
        }
        if let same = present.first(where: { $0.fingerprint.bytes == fingerprint }) {
            return APIFailure(
                .certificateAlreadyRegistered,
                "Instance '\(instance)' has this certificate under the name '\(same.name)'."
            )
        }
        if !isReplacement, present.contains(where: { $0.name == name }) {
            return APIFailure(
                .certificateNameTaken,
                "Instance '\(instance)' has another certificate '\(name)'. Replace or remove it, or take another name."
            )
        }
        return APIFailure(
            .certificateAlreadyRegistered,
            "Another instance has this certificate. A certificate belongs to one instance only."
        )
    }
}
