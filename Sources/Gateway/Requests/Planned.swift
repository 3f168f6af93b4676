import Synchronization

/// Hands the plan that a job was made from out of the closure that made it.
final class Planned: Sendable {
    private let latest = Mutex<RequestPlan?>(nil)

    var plan: RequestPlan? { latest.withLock { $0 } }

    func set(_ plan: RequestPlan) {
        latest.withLock { $0 = plan }
    }
}
