import JobSealing
package import KeyModel

/// What the admin front needs of the pipeline: the routes are written against this.
package protocol OperatorJobs: Sendable {
    /// Has a worker carry out an operator's request.
    func perform(
        _ request: OperatorJob.Request,
        by requester: CertificateFingerprint,
        address: String,
        requestID: String
    ) async throws(DispatchError) -> OperatorAnswer

    /// Who is there at the moment.
    func fleetStatus() async -> FleetStatus
}

extension JobDispatcher: OperatorJobs {
    package func perform(
        _ request: OperatorJob.Request,
        by requester: CertificateFingerprint,
        address: String,
        requestID: String
    ) async throws(DispatchError) -> OperatorAnswer {
        let job = Job(
            requestID: requestID,
            clientAddress: address,
            content: .operator(OperatorJob(requester: requester, request: request))
        )
        guard case .operator(let answer) = try await perform(job, in: .operator).reply else {
            throw DispatchError(.replyNotBelieved)
        }
        return answer
    }
}
