/// What a run is to be.
package struct FaultRunOptions: Sendable {
    package var seed: UInt64
    /// So many keys are to be acknowledged at the least.
    package var keys: Int
    package var connections = 16
    package var faults: [Fault]
    package var rounds = 1
    /// A run that has not done all by then is ended, and has failed.
    package var limit: Duration
    /// The program that workers are, and what it finds in its environment.
    package var workerProgram = "keyferry-worker"
    package var workerEnvironment: [String: String] = [:]
    /// Where the logs of all processes are left; nowhere if nil.
    package var logFolder: String?
    /// Is told of every step.
    package var say: @Sendable (String) -> Void = { _ in }

    package init(seed: UInt64, keys: Int, faults: [Fault], limit: Duration) {
        self.seed = seed
        self.keys = keys
        self.faults = faults
        self.limit = limit
    }
}
