import CoreMetrics
import Cryptography

/// The arena for key material, as numbers.
struct SecureMemoryGauges: Sendable {
    private let used = Gauge(label: "keyferry_secure_memory_used_bytes")

    init(_ settings: MemorySettings) {
        Gauge(label: "keyferry_secure_memory_bytes").record(settings.secretBytes)
        // What was found when the arena was made: only the first call makes one.
        Gauge(label: "keyferry_secure_memory_locked").record(SecureHeap.initialize() == .locked ? 1 : 0)
    }

    func measure() {
        used.record(SecureHeap.usedByteCount)
    }
}
