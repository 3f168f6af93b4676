internal import Synchronization

/// The context that a listener takes for its next connection. Replacing it (after a certificate was renewed) changes
/// nothing for the connections that are open.
package final class CurrentTLSContext: Sendable {
    private let context: Mutex<TLSContext>

    package init(_ context: TLSContext) {
        self.context = Mutex(context)
    }

    package var current: TLSContext {
        context.withLock { $0 }
    }

    package func replace(with context: TLSContext) {
        self.context.withLock { $0 = context }
    }
}
