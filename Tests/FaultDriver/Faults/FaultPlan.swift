/// Which faults come when: all of them in each round, in an order drawn from the seed.
package struct FaultPlan: Sendable {
    package struct Strike: Sendable, Hashable {
        package let fault: Fault
        /// Under load, before it comes, in milliseconds.
        package let delay: Int
        /// How long what was killed stays away, in milliseconds.
        package let absence: Int
        /// Which of several processes of the kind.
        package let choice: Int
        /// At which time that a point is reached.
        package let occasion: Int
    }

    package let strikes: [Strike]

    package init(_ faults: [Fault], rounds: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        strikes = (0..<rounds).flatMap { _ in
            faults.shuffled(using: &generator).map { fault in
                Strike(
                    fault: fault,
                    delay: Int.random(in: 100...900, using: &generator),
                    absence: Int.random(in: 0...800, using: &generator),
                    choice: Int.random(in: 0...1, using: &generator),
                    occasion: Int.random(in: 1...12, using: &generator)
                )
            }
        }
    }
}
