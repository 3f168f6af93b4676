internal import CoreMetrics

/// What the listener counts. Names are those that operators see.
struct ServerMetrics: Sendable {
    private let connections = Gauge(label: "keyferry_kmip_connections")
    private let requests = Counter(label: "keyferry_kmip_requests_total")
    private let overLimit = Counter(label: "keyferry_kmip_connections_over_limit_total")
    private let withoutTime = Counter(label: "keyferry_kmip_connections_without_time_total")
    private let answering = Timer(label: "keyferry_kmip_request_duration")
    private let ended: [KMIPCloseReason.Code: Counter]

    init() {
        let counters = KMIPCloseReason.Code.allCases.map { code in
            (code, Counter(label: "keyferry_kmip_connections_ended_total", dimensions: [("reason", code.rawValue)]))
        }
        ended = Dictionary(uniqueKeysWithValues: counters)
    }

    func connectionCountChanged(to count: Int) {
        connections.record(count)
    }

    func connectionOverLimit() {
        overLimit.increment()
    }

    func connectionWithoutTime() {
        withoutTime.increment()
    }

    func connectionEnded(_ reason: KMIPCloseReason) {
        ended[reason.code]?.increment()
    }

    func requestBegan() {
        requests.increment()
    }

    func requestAnswered(afterNanoseconds nanoseconds: Int64) {
        answering.recordNanoseconds(nanoseconds)
    }
}
