import Cryptography
import FaultPoints
import JobDispatch
import JobSealing
import JobTransport
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
    private let report: OperationReport

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
        report = OperationReport(logger: logger)
    }

    /// Judges a connection after its handshake. Without a certificate, or with one that is not registered, it may
    /// stay until its first request: vCenter fetches the server's certificate in that way.
    func admit(_ peer: ConnectionPeer) async -> KMIPAdmission {
        guard let certificate = peer.certificate,
            let fingerprint = CertificateFingerprint(certificate.fingerprintSHA256)
        else { return .refuseAtFirstRequest(.noCertificate) }
        guard dispatcher.isServing else { return .close(.unhealthy) }
        switch await clients.identify(fingerprint, address: peer.address, certificate: certificate.der) {
        case .registered(let client):
            guard client.isInService else { return .refuseAtFirstRequest(.notInService(client.instanceName)) }
            return .serve(instance: client.instanceName)
        case .notRegistered where certificate.notAfter < ClockReading.wall / 1_000:
            return .refuseAtFirstRequest(.expired(fingerprint, subject: certificate.subject))
        case .notRegistered:
            return .refuseAtFirstRequest(.notRegistered(fingerprint, subject: certificate.subject))
        case .tooManyAsked: return .close(.tooManyUnknown)
        case .unknown: return .close(.unhealthy)
        }
    }

    func respond(to request: SecretBox, from peer: ConnectionPeer) async -> KMIPAnswer {
        let now = ClockReading.wall / 1_000
        let inHand = RequestInHand(peer: peer)
        do throws(AnswerFailure) {
            let received = try decode(request, inHand, now: now)
            FaultPoint.requestDecoded.reached()
            let response = try await answer(received, inHand, now: now)
            let written = write(response, maximumSize: received.header.maximumResponseSize, for: peer)
            FaultPoint.responseEncoded.reached()
            return written
        } catch {
            switch error {
            case .message(let failure): return write(failure, maximumSize: nil, for: peer)
            case .close(let reason): return .close(reason)
            }
        }
    }

    private func write(_ response: ResponseMessage, maximumSize: Int32?, for peer: ConnectionPeer) -> KMIPAnswer {
        do {
            let box = try ResponseEncoding.encode(response, maximumSize: maximumSize) { byteCount in
                peer.memory.takeResponse(of: byteCount)
            }
            guard let box else { return .close(.memoryShareExceeded) }
            return .send(box)
        } catch {
            return .close(.memoryExhausted)
        }
    }

    private func decode(
        _ request: SecretBox,
        _ inHand: RequestInHand,
        now: Int64
    ) throws(AnswerFailure) -> ReceivedRequest {
        let received: ReceivedRequest
        let memory = inHand.peer.memory
        do throws(RequestFailure) {
            received = try request.bytes.withUnsafeBytes { bytes throws(RequestFailure) in
                try ReceivedRequest(decoding: bytes.bytes, maximumItems: RequestPolicy.mostItems) { secret in
                    guard memory.takeSecret(of: secret.count) else {
                        throw CryptographyError(code: .secureHeapExhausted, operation: "a client's share")
                    }
                    return SecretBox(try SecretBytes(copying: secret))
                }
            }
        } catch {
            logger.notice(
                "a request can't be read",
                metadata: [
                    "request": "\(inHand.id)", "connection": "\(inHand.peer.id)", "address": "\(inHand.peer.address)",
                    "reason": "\(error.error)",
                ]
            )
            throw refused(error.response(timeStamp: now), inHand, isLogged: false)
        }
        if let failure = policy.failure(received.header) {
            let item = ResponseItem.failure(
                operation: nil,
                identifier: nil,
                reason: failure.reason,
                message: failure.message
            )
            throw refused(ResponseMessage(header: header(for: received, now: now), items: [item]), inHand)
        }
        return received
    }

    /// Says in the log that no operation of the request was looked at, where the log does not know it yet.
    private func refused(
        _ response: ResponseMessage,
        _ inHand: RequestInHand,
        isLogged: Bool = true
    ) -> AnswerFailure {
        let circumstances = OperationReport.Circumstances(
            version: response.header.version,
            instance: nil,
            queue: nil,
            objects: []
        )
        report.answered(response.items, of: inHand, circumstances, isLogged: isLogged)
        return .message(response)
    }

    private func header(for request: ReceivedRequest, now: Int64) -> ResponseHeader {
        var header = ResponseHeader(version: request.header.version, timeStamp: now)
        header.clientCorrelationValue = request.header.clientCorrelationValue
        return header
    }

    private func answer(
        _ request: ReceivedRequest,
        _ inHand: RequestInHand,
        now: Int64
    ) async throws(AnswerFailure) -> ResponseMessage {
        guard let certificate = inHand.peer.certificate,
            let client = CertificateFingerprint(certificate.fingerprintSHA256)
        else { throw .close(.noCertificate) }
        let exchange: Exchange
        do {
            exchange = try await perform(request, client: client, inHand)
        } catch {
            throw failure(error, request, client: client, now: now, inHand)
        }
        let mapping = ResultMapping(
            version: request.header.version,
            transport: MaterialTransport(ticket: exchange.ticket)
        )
        let items = exchange.plan.items(exchange.outcomes, mapping: mapping)
        let circumstances = OperationReport.Circumstances(
            version: request.header.version,
            instance: clients.lastKnownInstance(of: client),
            queue: exchange.elapsed,
            objects: exchange.plan.objects(exchange.outcomes)
        )
        report.answered(items, of: inHand, circumstances)
        return ResponseMessage(header: header(for: request, now: now), items: items)
    }

    private func perform(
        _ request: ReceivedRequest,
        client: CertificateFingerprint,
        _ inHand: RequestInHand
    ) async throws(DispatchError) -> Exchange {
        // Refused before anything is sealed: that is what makes it cheap, and so at once.
        guard !LocalAnswers.answersAll(of: request) else { return try await plan(request, client: client, inHand) }
        guard shares.withLock({ $0.take(client) }) else { throw DispatchError(.busy) }
        defer { shares.withLock { $0.giveBack(client) } }
        return try await plan(request, client: client, inHand)
    }

    private func plan(
        _ request: ReceivedRequest,
        client: CertificateFingerprint,
        _ inHand: RequestInHand
    ) async throws(DispatchError) -> Exchange {
        // What is registered is wrapped for one ticket. Where that one is refused, all is planned anew for the next.
        let made = Planned()
        let answer = try await dispatcher.perform(in: .interactive, as: inHand.id) { ticket in
            let mapping = OperationMapping(
                allowsTripleDES: self.policy.allowsTripleDES,
                transport: MaterialTransport(ticket: ticket)
            )
            let plan = RequestPlan(request, mapping: mapping)
            made.set(plan)
            guard !plan.operations.isEmpty else { return nil }
            return Job(
                requestID: inHand.id.hex,
                clientAddress: inHand.peer.address,
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
        case nil:
            return Exchange(plan: plan, ticket: answer.ticket, outcomes: [], elapsed: nil)
        case .kmip(let outcomes) where outcomes.count == plan.operations.count:
            return Exchange(plan: plan, ticket: answer.ticket, outcomes: outcomes, elapsed: answer.elapsed)
        default: throw DispatchError(.replyNotBelieved)
        }
    }

    /// What a client is told where its whole request could not be done; the log is told as well.
    private func failure(
        _ error: DispatchError,
        _ request: ReceivedRequest,
        client: CertificateFingerprint,
        now: Int64,
        _ inHand: RequestInHand
    ) -> AnswerFailure {
        let circumstances = OperationReport.Circumstances(
            version: request.header.version,
            instance: clients.lastKnownInstance(of: client),
            queue: nil,
            objects: []
        )
        if let reason = closeReason(error, client: client) {
            let operations = request.items.map(\.operation)
            report.notAnswered(operations, of: inHand, circumstances, because: error.description)
            return .close(reason)
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
        let sent = stops ? Array(items.prefix(1)) : items
        let isLogged = logRefusal(error, inHand)
        report.answered(sent, of: inHand, circumstances, isLogged: isLogged)
        return .message(ResponseMessage(header: header(for: request, now: now), items: sent))
    }

    /// - Returns: whether the request's operations get their lines too.
    private func logRefusal(_ error: DispatchError, _ inHand: RequestInHand) -> Bool {
        var metadata: Logger.Metadata = ["request": "\(inHand.id)", "reason": "\(error)"]
        if error.code == .busy {
            guard let unwritten = busyLines.withLock({ $0.line(now: ClockReading.monotonic) }) else { return false }
            if unwritten > 0 { metadata["unwritten"] = "\(unwritten)" }
        }
        logger.notice("a request could not be done as a whole", metadata: metadata)
        return true
    }

    /// Nil where the client is answered.
    private func closeReason(_ error: DispatchError, client: CertificateFingerprint) -> KMIPCloseReason? {
        switch error.code {
        case .noHealthyWorker, .brokerUnavailable, .noQueue, .shuttingDown: return .unhealthy
        case .refused where error.failure?.code == .notRegistered:
            clients.forget(client)
            return .certificateRemoved
        case .refused, .busy, .deadlinePassed, .inProgress, .notAccepted, .replyNotBelieved, .internalFailure:
            return nil
        }
    }
}

/// A request's job and what came back.
private struct Exchange {
    let plan: RequestPlan
    let ticket: IssuedTicket
    let outcomes: [OperationOutcome]
    /// Nil where there was no job.
    let elapsed: Duration?
}

/// Why there is no response as asked for.
private enum AnswerFailure: Error {
    case message(ResponseMessage)
    case close(KMIPCloseReason)
}
