import PipelineSite
import TestServices
import Testing

/// The real programs, with a broker and a token of their own, seen by clients. One suite after the other: each of them
/// keeps the machine busy.
@Suite(
    .serialized,
    .enabled(if: ServiceRequirement.rabbitMQ.isMet && ServiceRequirement.softHSM.isMet),
    .timeLimit(.minutes(5))
)
enum EndToEnd {}

/// The site of all tests that leave it as they found it: two gateways, two workers.
actor StandingSite {
    private static let only = StandingSite()
    private var starting: Task<PipelineSite, any Error>?

    static func site() async throws -> PipelineSite { try await only.started() }

    private func started() async throws -> PipelineSite {
        if let starting { return try await starting.value }
        let task = Task {
            var options = PipelineSite.Options()
            options.gatewayCount = 2
            options.workerCount = 2
            return try await PipelineSite.running(options)
        }
        starting = task
        return try await task.value
    }
}

/// Runs `body` with a site that is its own to break, and ends it.
func withSite<Value>(
    gateways: Int = 1,
    workers: Int = 1,
    recordsBrokerTraffic: Bool = false,
    workerWrapper: [String] = [],
    _ body: (PipelineSite) async throws -> Value
) async throws -> Value {
    var options = PipelineSite.Options()
    options.gatewayCount = gateways
    options.workerCount = workers
    options.recordsBrokerTraffic = recordsBrokerTraffic
    options.workerWrapper = workerWrapper
    let site = try await PipelineSite.make(options)
    do {
        try await site.startAll()
        let value = try await body(site)
        await site.end()
        return value
    } catch {
        await site.end()
        throw error
    }
}
