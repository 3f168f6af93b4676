internal import CoreMetrics
internal import TLSTransport

/// What the listener counts. Names are those that operators see.
struct ServerMetrics: Sendable {
    enum HandshakeOutcome: String {
        case full, resumed, failed
        /// The client went away before its end, as checks of a port do.
        case abandoned
    }

    private let connections = Gauge(label: "keyferry_kmip_connections")
    private let accepted = Counter(label: "keyferry_kmip_connections_accepted_total")
    private let overLimit = Self.refused("overLimit")
    private let withoutTime = Self.refused("withoutTime")
    private let refused: [KMIPCloseReason.Code: Counter]
    private let ended: [KMIPCloseReason.Code: Counter]
    private let handshakes: [String: Counter]
    private let handshake = Timer(label: "keyferry_tls_handshake_duration_seconds")
    private let requests = Counter(label: "keyferry_kmip_requests_total")
    private let answering = Meter(label: "keyferry_kmip_requests_in_progress")
    private let answered = Timer(label: "keyferry_kmip_request_duration_seconds")

    init() {
        let refusals = KMIPCloseReason.refusals.map { ($0, Self.refused($0.rawValue)) }
        refused = Dictionary(uniqueKeysWithValues: refusals)
        let ends = KMIPCloseReason.Code.allCases.map { code in
            (code, Counter(label: "keyferry_kmip_connections_ended_total", dimensions: [("reason", code.rawValue)]))
        }
        ended = Dictionary(uniqueKeysWithValues: ends)
        var handshakes: [String: Counter] = [:]
        for (outcome, version) in [
            (HandshakeOutcome.full, "1.2"), (.full, "1.3"), (.resumed, "1.2"), (.resumed, "1.3"),
            (.failed, "none"), (.abandoned, "none"),
        ] {
            handshakes[outcome.rawValue + version] = Counter(
                label: "keyferry_tls_handshakes_total",
                dimensions: [("outcome", outcome.rawValue), ("version", version)]
            )
        }
        self.handshakes = handshakes
    }

    private static func refused(_ reason: String) -> Counter {
        Counter(label: "keyferry_kmip_connections_refused_total", dimensions: [("reason", reason)])
    }

    func connectionCountChanged(to count: Int) {
        connections.record(count)
    }

    func connectionAccepted() {
        accepted.increment()
    }

    func connectionOverLimit() {
        overLimit.increment()
    }

    func connectionWithoutTime() {
        withoutTime.increment()
    }

    func handshakeDone(_ session: TLSSession, afterNanoseconds nanoseconds: Int64) {
        let outcome: HandshakeOutcome = session.isResumed ? .resumed : .full
        let version =
            switch session.version {
            case .tls12: "1.2"
            case .tls13: "1.3"
            }
        handshakes[outcome.rawValue + version]?.increment()
        handshake.recordNanoseconds(nanoseconds)
    }

    /// - Parameters:
    ///   - hadHandshake: whether the handshake was done.
    ///   - wasServed: whether the connection was admitted.
    func connectionEnded(_ reason: KMIPCloseReason, hadHandshake: Bool, wasServed: Bool) {
        ended[reason.code]?.increment()
        if !wasServed { refused[reason.code]?.increment() }
        guard !hadHandshake else { return }
        let outcome: HandshakeOutcome = reason.code == .tlsFailed ? .failed : .abandoned
        handshakes[outcome.rawValue + "none"]?.increment()
    }

    func requestBegan() {
        requests.increment()
        answering.increment()
    }

    /// - Parameter nanoseconds: until the response was written; nil if there was none.
    func requestEnded(afterNanoseconds nanoseconds: Int64?) {
        answering.decrement()
        if let nanoseconds { answered.recordNanoseconds(nanoseconds) }
    }
}
