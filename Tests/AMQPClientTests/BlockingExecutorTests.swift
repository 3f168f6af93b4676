import BlockingExecution
import Foundation
import Testing

/// Counts on a thread of its own.
private actor Counter {
    private let executor = BlockingExecutor(name: "counter")
    private var count = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func add() -> ObjectIdentifier {
        count += 1
        return ObjectIdentifier(Thread.current)
    }

    func total() -> Int { count }

    func block(for seconds: TimeInterval) { Thread.sleep(forTimeInterval: seconds) }

    /// Fails unless the caller is on the actor's thread.
    nonisolated func check() { assumeIsolated { $0.count += 0 } }

    func checkFromInside() { check() }
}

@Suite struct BlockingExecutorTests {
    @Test func runsEveryJobOnOneThread() async {
        let counter = Counter()
        let threads = await withTaskGroup(of: ObjectIdentifier.self) { group in
            for _ in 0..<1000 { group.addTask { await counter.add() } }
            return await group.reduce(into: Set<ObjectIdentifier>()) { $0.insert($1) }
        }
        #expect(threads.count == 1)
        #expect(await counter.total() == 1000)
        await counter.checkFromInside()
    }

    @Test func manyBlockedActorsDoNotBlockOthers() async {
        let blocked = (0..<64).map { _ in Counter() }
        await withTaskGroup(of: Void.self) { group in
            for counter in blocked { group.addTask { await counter.block(for: 0.2) } }
            // With 64 threads asleep, the pool still has room for this.
            group.addTask { _ = await Counter().add() }
        }
    }

    @Test func anActorMayEndOnItsOwnThread() async {
        for _ in 0..<200 {
            let counter = Counter()
            Task { _ = await counter.add() }
        }
        let last = Counter()
        _ = await last.add()
    }
}
