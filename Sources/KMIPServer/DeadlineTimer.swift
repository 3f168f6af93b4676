internal import NIOCore

/// One time limit that is set and lifted with every request, on an event loop. A new limit costs a scheduled task only
/// where none is scheduled that ends before it: a task that comes too early schedules itself anew.
final class DeadlineTimer {
    private var deadline: NIODeadline?
    private var scheduledFor: NIODeadline?
    private var task: Scheduled<Void>?
    private var action: (() -> Void)?

    func set(in amount: TimeAmount, on eventLoop: any EventLoop, _ action: @escaping () -> Void) {
        let deadline = NIODeadline.now() + amount
        self.deadline = deadline
        self.action = action
        if let scheduledFor, scheduledFor <= deadline { return }
        schedule(for: deadline, on: eventLoop)
    }

    /// Lifts the limit.
    func clear() {
        deadline = nil
        action = nil
    }

    /// Lifts the limit and lets go of the event loop.
    func cancel() {
        clear()
        task?.cancel()
        task = nil
        scheduledFor = nil
    }

    private func schedule(for deadline: NIODeadline, on eventLoop: any EventLoop) {
        task?.cancel()
        scheduledFor = deadline
        task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            task = nil
            scheduledFor = nil
            guard let deadline = self.deadline else { return }
            if deadline <= NIODeadline.now() {
                let action = self.action
                clear()
                action?()
            } else {
                schedule(for: deadline, on: eventLoop)
            }
        }
    }
}
