import FuzzInputs

/// What is fuzzed: each takes any bytes, and throws a ``Violation`` where something that is promised does not hold.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// TTLV items, alone.
    case ttlv
    /// What a gateway reads from a connection and makes of it; and what a client reads of its answers.
    case requests
    /// What a worker and a front read from the queue and make of it.
    case jobs

    /// Makes the keys and certificates that inputs are sealed and signed with, once.
    package func prepare() throws {
        switch self {
        case .ttlv: break
        case .requests: _ = try RequestFixture.made.get()
        case .jobs: _ = try JobFixture.made.get()
        }
    }

    package func check(_ input: [UInt8]) throws {
        var input = InputReader(input)
        switch self {
        case .ttlv: try TTLVChecks.check(&input)
        case .requests: try StreamChecks.check(&input)
        case .jobs: try JobMessageChecks.check(&input)
        }
    }
}

/// Something that is promised and does not hold for an input.
package struct Violation: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

func require(_ condition: Bool, _ description: @autoclosure () -> String) throws(Violation) {
    if !condition { throw Violation(description()) }
}
