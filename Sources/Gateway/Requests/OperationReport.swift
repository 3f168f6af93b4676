import KMIP
import KMIPServer
import KeyModel
import Logging
import Metrics
import Synchronization

/// Says of every operation of a request what became of it: one line in the log, and a count.
final class OperationReport: Sendable {
    /// What an operation's line says beside the operation.
    struct Circumstances: Sendable {
        let version: ProtocolVersion
        let instance: String?
        /// From the job's publication to its reply; nil where no job was answered.
        let queue: Duration?
        /// The objects that the items are about, as far as they are known, in the order of the items.
        let objects: [UniqueIdentifier?]
    }

    private struct Key: Hashable {
        let operation: String
        let result: String
    }

    /// What a client makes up need not fill the log.
    private static let longestIdentifier = 64

    private let logger: Logger
    private let counters = Mutex<[Key: Counter]>([:])

    init(logger: Logger) {
        self.logger = logger
    }

    /// The operations were answered with `items`.
    ///
    /// - Parameter isLogged: false where only the count is wanted, because an overload must not fill the log.
    func answered(
        _ items: [ResponseItem],
        of request: RequestInHand,
        _ circumstances: Circumstances,
        isLogged: Bool = true
    ) {
        for (index, item) in items.enumerated() {
            let reason = item.status == .success ? "Success" : item.reason?.name ?? "Other"
            count(item.operation, reason)
            guard isLogged else { continue }
            var metadata = metadata(request, circumstances, item.operation)
            metadata["outcome"] = "\(reason)"
            if items.count > 1 { metadata["item"] = "\(index + 1)/\(items.count)" }
            if circumstances.objects.indices.contains(index), let object = circumstances.objects[index] {
                metadata["object"] = "\(object.text.prefix(Self.longestIdentifier))"
            }
            logger.info("operation", metadata: metadata)
        }
    }

    /// The connection is closed instead of an answer.
    func notAnswered(
        _ operations: [KMIP.Operation?],
        of request: RequestInHand,
        _ circumstances: Circumstances,
        because reason: String
    ) {
        for operation in operations {
            count(operation, "NoAnswer")
            var metadata = metadata(request, circumstances, operation)
            metadata["outcome"] = "no answer: \(reason)"
            logger.info("operation", metadata: metadata)
        }
    }

    private func metadata(
        _ request: RequestInHand,
        _ circumstances: Circumstances,
        _ operation: KMIP.Operation?
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "request": "\(request.id)", "connection": "\(request.peer.id)", "address": "\(request.peer.address)",
            "version": "\(circumstances.version)", "operation": "\(operation?.description ?? "none")",
            "ms": "\(request.begin.duration(to: .now).millisecondsText)",
        ]
        if let instance = circumstances.instance { metadata["instance"] = "\(instance)" }
        if let queue = circumstances.queue { metadata["queue-ms"] = "\(queue.millisecondsText)" }
        return metadata
    }

    /// Names are the standard's: what a client makes up has none.
    private func count(_ operation: KMIP.Operation?, _ result: String) {
        let key = Key(operation: operation?.name ?? "Other", result: result)
        let counter = counters.withLock { counters in
            if let counter = counters[key] { return counter }
            let made = Counter(
                label: "keyferry_kmip_operations_total",
                dimensions: [("operation", key.operation), ("result", key.result)]
            )
            counters[key] = made
            return made
        }
        counter.increment()
    }
}

extension Duration {
    /// With three digits behind the point.
    fileprivate var millisecondsText: String {
        let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        let fraction = "\(microseconds % 1_000)"
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
