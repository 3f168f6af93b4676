internal import HTTPTypes
internal import Metrics

/// What the operators' front counts.
struct AdminMetrics: Sendable {
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    private let duration = Timer(label: "keyferry_admin_request_duration_seconds")

    /// A method that nobody knows counts as `other`.
    func answered(_ method: HTTPRequest.Method, _ status: HTTPResponse.Status, after elapsed: Duration) {
        let name = Self.methods.contains(method.rawValue) ? method.rawValue : "other"
        Counter(
            label: "keyferry_admin_requests_total",
            dimensions: [("method", name), ("status", "\(status.code)")]
        ).increment()
        duration.record(duration: elapsed)
    }
}
