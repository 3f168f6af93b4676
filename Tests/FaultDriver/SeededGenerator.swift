/// Numbers that are the same for the same seed, on every machine (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// A generator for one of several that draw at the same time: what one draws does not depend on the others' speed.
    package init(seed: UInt64, of number: Int) {
        var first = SeededGenerator(seed: seed &+ UInt64(truncatingIfNeeded: number) &* 0xD129_0D3F_2C1B_6A35)
        state = first.next()
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
