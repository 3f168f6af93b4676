import Glibc

/// The moments at which requests are to be sent: Poisson arrivals of a given rate, the same ones for the same seed.
struct Arrivals {
    private let meanGap: Double
    private var state: UInt64
    /// In nanoseconds since the beginning.
    private(set) var next: Int64 = 0

    /// - Parameter perSecond: more than 0.
    init(perSecond: Double, seed: UInt64) {
        meanGap = 1_000_000_000 / perSecond
        state = seed
        advance()
    }

    mutating func advance() {
        next += Int64(meanGap * -log(uniform()))
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
