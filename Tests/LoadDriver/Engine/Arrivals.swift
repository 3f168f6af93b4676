import Glibc
import NIOCore

/// So many requests a second for so long.
package struct LoadStep: Sendable {
    package let perSecond: Double
    package let duration: Duration

    /// - Parameter perSecond: more than 0.
    package init(perSecond: Double, duration: Duration) {
        self.perSecond = perSecond
        self.duration = duration
    }
}

/// The moments at which requests are to be sent: Poisson arrivals, the same ones for the same seed.
struct Arrivals {
    private var steps: ArraySlice<LoadStep>
    private var stepEnd: Int64
    private var state: UInt64
    /// In nanoseconds since the beginning. The last step goes on for as long as it is asked.
    private(set) var next: Int64 = 0

    /// - Parameter steps: one after the other; not empty.
    init(_ steps: [LoadStep], seed: UInt64) {
        self.steps = steps[...]
        stepEnd = steps.first?.duration.timeAmount.nanoseconds ?? 0
        state = seed
        advance()
    }

    mutating func advance() {
        next += gap()
        while next > stepEnd, steps.count > 1 {
            // Arrivals have no memory: what is left of the gap is drawn anew at the next step's rate.
            steps = steps.dropFirst()
            next = stepEnd + gap()
            stepEnd += steps.first?.duration.timeAmount.nanoseconds ?? 0
        }
    }

    private mutating func gap() -> Int64 {
        Int64(-log(uniform()) * 1_000_000_000 / (steps.first?.perSecond ?? 1))
    }

    /// In (0, 1]: SplitMix64.
    private mutating func uniform() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Double((bits >> 11) + 1) / Double(UInt64(1) << 53)
    }
}
