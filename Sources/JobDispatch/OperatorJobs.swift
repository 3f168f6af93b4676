import JobSealing
import JobTransport
package import KeyModel

/// What the admin front needs of the pipeline: the routes are written against this.
package protocol OperatorJobs: Sendable {
    /// Has a worker carry out an operator's request.
    ///
    /// - Parameters:
    ///   - requestID: 32 lower-case hexadecimal digits, which the job's message is identified by as well: a request that
    ///     changes something and was done under it before is not done again, but answered as it was then.
    ///   - tag: what the requester saw of what is to be changed; nil where he does not mind.
    func perform(
        _ request: OperatorJob.Request,
        by requester: CertificateFingerprint,
        address: String,
        requestID: String,
        expecting tag: RecordTag?
    ) async throws(DispatchError) -> OperatorAnswer

    /// Who is there at the moment.
    func fleetStatus() async -> FleetStatus
}

extension JobDispatcher: OperatorJobs {
    package func perform(
        _ request: OperatorJob.Request,
        by requester: CertificateFingerprint,
        address: String,
        requestID: String,
        expecting tag: RecordTag?
    ) async throws(DispatchError) -> OperatorAnswer {
        guard let id = MessageID(hex: requestID) else { throw DispatchError(.internalFailure) }
        let job = Job(
            requestID: requestID,
            clientAddress: address,
            content: .operator(OperatorJob(requester: requester, request: request, expectedTag: tag))
        )
        guard case .operator(let answer) = try await perform(job, in: .operator, as: id).reply else {
            throw DispatchError(.replyNotBelieved)
        }
        return answer
    }
}
