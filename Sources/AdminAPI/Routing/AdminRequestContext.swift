internal import AdminResources
internal import Hummingbird
internal import JobDispatch
internal import JobTransport
internal import KeyModel
internal import NIOCore

/// What is known of a request beside the request.
struct AdminRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Who asks; nil until `RequestBoundary` has looked.
    var `operator`: CertificateFingerprint?
    let channel: any Channel
    /// What the request is called in the logs of this front and of the worker, in the audit trail, and to its client. A
    /// request with an Idempotency-Key is called the same each time.
    private(set) var requestID = MessageID.random().hex
    /// The state that the request's client expects, if it said one.
    private(set) var expectedTag: RecordTag?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// The client's network address, without port; for the audit trail.
    var clientAddress: String {
        channel.remoteAddress?.ipAddress ?? "unknown"
    }

    /// Takes what the request's header says of it, once it is known who asks.
    mutating func apply(_ conditions: RequestConditions) {
        expectedTag = conditions.expectedTag
        if let key = conditions.idempotencyKey, let fingerprint = `operator` {
            requestID = RequestConditions.messageID(for: key, of: fingerprint).hex
        }
    }

    /// The instance that the path names. What can't be a name is nobody's name.
    var instanceName: String {
        get throws(APIFailure) {
            let name = parameters.get("name") ?? ""
            guard ResourceName.isValid(name) else { throw APIFailure(.instanceNotFound) }
            return name
        }
    }

    /// The operator whose certificate the connection's handshake proved.
    func requireOperator() throws(APIFailure) -> CertificateFingerprint {
        guard let fingerprint = `operator` else { throw APIFailure(.operatorCertificateMissing) }
        return fingerprint
    }
}

extension OperatorJobs {
    /// Has a worker do what the operator of `context` asks for. The worker decides whether he may.
    ///
    /// - Parameter missing: what it means that something was not found.
    func perform(
        _ request: OperatorJob.Request,
        for context: AdminRequestContext,
        missing: @autoclosure () -> APIFailure = APIFailure(.internal)
    ) async throws(APIFailure) -> OperatorAnswer {
        let requester = try context.requireOperator()
        do throws(DispatchError) {
            return try await send(request, by: requester, context)
        } catch {
            if error.failure?.code == .operatorNotAuthorized { throw .roleMissing(request.requiredRole) }
            throw APIFailure(error, missing: missing())
        }
    }

    /// As above, where a worker's refusals have a meaning of their own for the request.
    ///
    /// - Parameter explain: returns nil for what has none.
    func perform(
        _ request: OperatorJob.Request,
        for context: AdminRequestContext,
        explaining explain: @Sendable (OperationFailure.Code) async -> APIFailure?
    ) async throws(APIFailure) -> OperatorAnswer {
        let requester = try context.requireOperator()
        do throws(DispatchError) {
            return try await send(request, by: requester, context)
        } catch {
            if let code = error.failure?.code, let explained = await explain(code) { throw explained }
            if error.failure?.code == .operatorNotAuthorized { throw .roleMissing(request.requiredRole) }
            // Spelt out: `APIFailure(error)` is the one for errors of any kind, to which this would be an internal failure.
            throw APIFailure(error, missing: APIFailure(.internal))
        }
    }

    private func send(
        _ request: OperatorJob.Request,
        by requester: CertificateFingerprint,
        _ context: AdminRequestContext
    ) async throws(DispatchError) -> OperatorAnswer {
        try await perform(
            request,
            by: requester,
            address: context.clientAddress,
            requestID: context.requestID,
            expecting: request.effect == .none ? nil : context.expectedTag
        )
    }
}

extension APIFailure {
    /// - Parameter role: nil where any would do.
    fileprivate static func roleMissing(_ role: Operator.Role?) -> APIFailure {
        APIFailure(
            .operatorNotAuthorized,
            role.map { "It takes the role '\($0.rawValue)'." }
                ?? "It takes a certificate that is in force, and a role."
        )
    }
}
