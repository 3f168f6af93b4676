internal import AdminResources
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
}

/// A certificate that a worker did not register: its "exists already" and "not accepted", in the words that help.
struct CertificateRefusal {
    let instance: String
    let name: String
    let fingerprint: [UInt8]
    let likelyReason: String
    /// Whether it was to take the place of the certificate of that name.
    var isReplacement = false

    func explain(
        _ failure: APIFailure,
        asking jobs: any OperatorJobs,
        for context: AdminRequestContext
    ) async -> APIFailure {
        switch failure.code {
        case .certificateNotAccepted: return APIFailure(failure.code, likelyReason)
        case .certificateUnchanged:
            return APIFailure(failure.code, "Instance '\(instance)' has it under the name '\(name)' already.")
        case .previousCertificateInForce:
            return APIFailure(
                failure.code,
                "'\(name)' was replaced before, and that certificate is still valid beside it."
                    + " Remove it, or wait until it ends."
            )
        case .conflict: return await explainConflict(failure, jobs, context)
        default: return failure
        }
    }

    private func explainConflict(
        _ failure: APIFailure,
        _ jobs: any OperatorJobs,
        _ context: AdminRequestContext
    ) async -> APIFailure {
        guard let present = try? await jobs.certificates(of: instance, for: context).map(\.certificate) else {
            return failure
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
