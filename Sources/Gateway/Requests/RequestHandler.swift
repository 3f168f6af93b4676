import Cryptography
import FaultPoints
import JobDispatch
import JobSealing
import KMIP
import KMIPFraming
import KMIPServer
import KeyModel
import Logging
import Synchronization
import TTLV

/// Answers the requests of KMIP clients: one message in, one job, one message out.
final class RequestHandler: KMIPRequestHandler {
    private let dispatcher: JobDispatcher
    private let clients: ClientDirectory
    private let policy: RequestPolicy
    private let shares: Mutex<InFlightShares>
    private let busyLines = Mutex(BusyLines())
    private let logger: Logger

    init(
        dispatcher: JobDispatcher,
        clients: ClientDirectory,
        policy: RequestPolicy,
        jobsInFlight: Int,
        logger: Logger
    ) {
        self.dispatcher = dispatcher
        self.clients = clients
        self.policy = policy
        self.shares = Mutex(InFlightShares(limit: jobsInFlight))
        self.logger = logger
    }

    /// Judges a connection after its handshake. Without a certificate, or with one that is not registered, it may
    /// stay until its first request: vCenter fetches the server's certificate in that way.
    func admit(_ peer: ConnectionPeer) async -> KMIPAdmission {
        guard let certificate = peer.certificate,
            let fingerprint = CertificateFingerprint(certificate.fingerprintSHA256)
        else { return .refuseAtFirstRequest(.noCertificate) }
        guard dispatcher.isServing else { return .close(.unhealthy) }
        switch await clients.identify(fingerprint, address: peer.address) {
        case .registered(let client):
            guard client.isInService else { return .refuseAtFirstRequest(.notInService(client.instanceName)) }
            return .serve
        case .notRegistered:
            return .refuseAtFirstRequest(.notRegistered(fingerprint, subject: certificate.subject))
        case .tooManyAsked: return .close(.tooManyUnknown)
        case .unknown: return .close(.unhealthy)
        }
    }

    func respond(to request: SecretBox, from peer: ConnectionPeer) async -> KMIPAnswer {
        let now = ClockReading.wall / 1_000
        do throws(AnswerFailure) {
            let received = try decode(request, now: now)
            FaultPoint.requestDecoded.reached()
            let response = try await answer(received, from: peer, now: now)
            let encoded = try encode(response, maximumSize: received.header.maximumResponseSize)
            FaultPoint.responseEncoded.reached()
            return .send(encoded)
        } catch {
            switch error {
            case .message(let failure):
                guard let box = try? encode(failure, maximumSize: nil) else { return .close(.memoryExhausted) }
                return .send(box)
            case .close(let reason): return .close(reason)
            }
        }
    }

    private func encode(_ response: ResponseMessage, maximumSize: Int32?) throws(AnswerFailure) -> SecretBox {
        do {
            return try ResponseEncoding.encode(response, maximumSize: maximumSize)
        } catch {
            throw .close(.memoryExhausted)
        }
    }

    private func decode(_ request: SecretBox, now: Int64) throws(AnswerFailure) -> ReceivedRequest {
        let received: ReceivedRequest
        do throws(RequestFailure) {
            received = try request.bytes.withUnsafeBytes { bytes throws(RequestFailure) in
                try ReceivedRequest(decoding: bytes.bytes, maximumItems: RequestPolicy.mostItems) { secret in
                    SecretBox(try SecretBytes(copying: secret))
                }
            }
        } catch {
            logger.notice("a request can't be read", metadata: ["reason": "\(error.error)"])
            throw .message(error.response(timeStamp: now))
        }
        if let failure = policy.failure(received.header) {
            let item = ResponseItem.failure(
                operation: nil,
                identifier: nil,
                reason: failure.reason,
                message: failure.message
            )
            throw .message(ResponseMessage(header: header(for: received, now: now), items: [item]))
        }
        return received
    }

    private func header(for request: ReceivedRequest, now: Int64) -> ResponseHeader {
        var header = ResponseHeader(version: request.header.version, timeStamp: now)
        header.clientCorrelationValue = request.header.clientCorrelationValue
        return header
    }

    private func answer(
        _ request: ReceivedRequest,
        from peer: ConnectionPeer,
        now: Int64
    ) async throws(AnswerFailure) -> ResponseMessage {
        guard let certificate = peer.certificate,
            let client = CertificateFingerprint(certificate.fingerprintSHA256)
        else { throw .close(.noCertificate) }
        let requestID = RequestIdentifier.make()
        let exchange: (plan: RequestPlan, ticket: IssuedTicket, outcomes: [OperationOutcome])
        do {
            exchange = try await perform(request, client: client, peer: peer, requestID: requestID)
        } catch {
            logRefusal(of: request, peer: peer, requestID: requestID, error)
            throw failure(error, request, client: client, now: now)
        }
        let mapping = ResultMapping(
            version: request.header.version,
            transport: MaterialTransport(ticket: exchange.ticket)
        )
        let items = exchange.plan.items(exchange.outcomes, mapping: mapping)
        log(request, peer: peer, requestID: requestID, result: Self.summary(items))
        return ResponseMessage(header: header(for: request, now: now), items: items)
    }

    private func perform(
        _ request: ReceivedRequest,
        client: CertificateFingerprint,
        peer: ConnectionPeer,
        requestID: String
    ) async throws(DispatchError) -> (plan: RequestPlan, ticket: IssuedTicket, outcomes: [OperationOutcome]) {
        // Refused before anything is sealed: that is what makes it cheap, and so at once.
        guard !LocalAnswers.answersAll(of: request) else {
            return try await plan(request, client: client, peer: peer, requestID: requestID)
        }
        guard shares.withLock({ $0.take(client) }) else { throw DispatchError(.busy) }
        defer { shares.withLock { $0.giveBack(client) } }
        return try await plan(request, client: client, peer: peer, requestID: requestID)
    }

    private func plan(
        _ request: ReceivedRequest,
        client: CertificateFingerprint,
        peer: ConnectionPeer,
        requestID: String
    ) async throws(DispatchError) -> (plan: RequestPlan, ticket: IssuedTicket, outcomes: [OperationOutcome]) {
        // What is registered is wrapped for one ticket. Where that one is refused, all is planned anew for the next.
        let made = Planned()
        let answer = try await dispatcher.perform(in: .interactive) { ticket in
            let mapping = OperationMapping(
                allowsTripleDES: self.policy.allowsTripleDES,
                transport: MaterialTransport(ticket: ticket)
            )
            let plan = RequestPlan(request, mapping: mapping)
            made.set(plan)
            guard !plan.operations.isEmpty else { return nil }
            return Job(
                requestID: requestID,
                clientAddress: peer.address,
                content: .kmip(
                    KMIPJob(
                        client: client,
                        continuesAfterFailure: plan.continuesAfterFailure,
                        operations: plan.operations
                    )
                )
            )
        }
        guard let plan = made.plan else { throw DispatchError(.internalFailure) }
        switch answer.reply {
        case nil: return (plan, answer.ticket, [])
        case .kmip(let outcomes) where outcomes.count == plan.operations.count:
            return (plan, answer.ticket, outcomes)
        default: throw DispatchError(.replyNotBelieved)
        }
    }

    /// What a client is told where its whole request could not be done.
    private func failure(
        _ error: DispatchError,
        _ request: ReceivedRequest,
        client: CertificateFingerprint,
        now: Int64
    ) -> AnswerFailure {
        switch error.code {
        case .noHealthyWorker, .brokerUnavailable, .noQueue, .shuttingDown: return .close(.unhealthy)
        case .refused where error.failure?.code == .notRegistered:
            clients.forget(client)
            return .close(.certificateRemoved)
        case .refused, .busy, .deadlinePassed, .notAccepted, .replyNotBelieved, .internalFailure: break
        }
        let items = request.items.map { item in
            let failure =
                error.failure.map { ItemFailure($0, of: item.operation ?? .get) }
                ?? ItemFailure(
                    .generalFailure,
                    error.code == .busy ? "the server is busy; try again" : "no answer in time; try again"
                )
            return ResponseItem.failure(
                operation: item.operation,
                identifier: item.identifier,
                reason: failure.reason,
                message: failure.message
            )
        }
        let stops = request.header.batchErrorContinuation != .continue
        return .message(
            ResponseMessage(header: header(for: request, now: now), items: stops ? Array(items.prefix(1)) : items)
        )
    }

    private func log(_ request: ReceivedRequest, peer: ConnectionPeer, requestID: String, result: String) {
        let operations = request.items.prefix(8).map { $0.operation?.description ?? "?" }.joined(separator: ",")
        logger.info(
            "request",
            metadata: [
                "request": "\(requestID)", "connection": "\(peer.id)", "address": "\(peer.address)",
                "version": "\(request.header.version)", "operations": "\(operations)",
                "items": "\(request.items.count)", "result": "\(result)",
            ]
        )
    }

    private func logRefusal(
        of request: ReceivedRequest,
        peer: ConnectionPeer,
        requestID: String,
        _ error: DispatchError
    ) {
        var result = "\(error)"
        if error.code == .busy {
            guard let unwritten = busyLines.withLock({ $0.line(now: ClockReading.monotonic) }) else { return }
            if unwritten > 0 { result += ", and \(unwritten) before it" }
        }
        log(request, peer: peer, requestID: requestID, result: result)
    }

    private static func summary(_ items: [ResponseItem]) -> String {
        let reasons = items.compactMap { $0.status == .success ? nil : $0.reason?.description ?? "failed" }
        return reasons.isEmpty ? "success" : Set(reasons).sorted().joined(separator: ",")
    }
}

/// Why there is no response as asked for.
private enum AnswerFailure: Error {
    case message(ResponseMessage)
    case close(KMIPCloseReason)
}
