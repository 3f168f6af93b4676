#if DEBUG
    internal import Glibc
    internal import Synchronization

    /// The order of this process, and how often its point is still to be passed.
    final class FaultTrap: Sendable {
        static let armed = getenv(FaultOrder.variable).flatMap { FaultOrder(String(cString: $0)) }.map(FaultTrap.init)

        private let order: FaultOrder
        private let passesLeft: Atomic<Int>

        init(_ order: FaultOrder) {
            self.order = order
            passesLeft = Atomic(order.occasion)
        }

        func passed(_ point: FaultPoint) {
            guard point == order.point else { return }
            guard passesLeft.subtract(1, ordering: .relaxed).newValue == 0 else { return }
            // To this very thread, so that it does not take another step: both signals then act on the whole process.
            raise(order.act == .kill ? SIGKILL : SIGSTOP)
        }
    }
#endif
