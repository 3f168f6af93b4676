/// Group `memory`: the arena that holds key material outside the HSM, locked so that it never reaches swap.
package struct MemorySettings: ConfigurationSettings, Equatable {
    /// What happens where the system does not allow to lock the arena (RLIMIT_MEMLOCK).
    package enum Locking: String, CaseIterable, Sendable {
        /// The process says so in its log and goes on.
        case warn
        /// The process refuses to start.
        case require
    }

    package var secretBytes: Int
    package var locking: Locking

    package init(secretBytes: Int = 4 << 20, locking: Locking = .warn) {
        self.secretBytes = secretBytes
        self.locking = locking
    }

    package init(from reader: ConfigurationReader) throws(ConfigurationError) {
        secretBytes = try reader.integer("secretBytes", in: (64 << 10)...(1 << 30), default: 4 << 20)
        locking = try reader.choice("locking", default: .warn)
    }
}
