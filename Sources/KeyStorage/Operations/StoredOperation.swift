package import KeyModel

/// An operation as the store has it: with how far its present pass over the keys has come.
package struct StoredOperation: Hashable, Sendable {
    /// Where a key stands in the order in which keys under older versions of a root key are gone through.
    package struct Position: Hashable, Sendable {
        package let version: Int
        package let key: ObjectKey

        package init(version: Int, key: ObjectKey) {
            self.version = version
            self.key = key
        }
    }

    /// One way through all keys, by all workers together.
    package struct Pass: Hashable, Sendable {
        /// The last key that a worker has taken upon itself; nil at the beginning.
        package var cursor: Position?
        /// When a worker last took or finished some.
        package var claimed: Timestamp
        /// How many keys were moved in this pass.
        package var moved: Int
        /// How many could not be.
        package var refused: Int

        package init(beginning now: Timestamp) {
            cursor = nil
            claimed = now
            moved = 0
            refused = 0
        }
    }

    package var operation: BackgroundOperation
    package var pass: Pass
    /// Counts the row's changes.
    package fileprivate(set) var revision: Int64

    package init(_ operation: BackgroundOperation) {
        self.operation = operation
        pass = Pass(beginning: operation.started)
        revision = 0
    }

    /// The same with the revision after this one.
    var next: StoredOperation {
        var next = self
        next.revision += 1
        return next
    }
}

extension StoredOperation {
    static let columns = [
        "identifier", "kind", "partition_name", "subject", "subject_name", "target_version", "state", "done", "failed",
        "total", "started", "finished", "report", "pass_claimed", "pass_moved", "pass_refused", "cursor_version",
        "cursor_instance", "cursor_identifier", "revision",
    ]

    static let selection = (columns + ["mac"]).joined(separator: ", ")

    var values: [StoreValue] {
        [
            .text(operation.identifier.text), .text(operation.kind.rawValue), .text(operation.partition.text),
            .text(operation.subject), .text(operation.subjectName),
            operation.targetVersion.map { .integer($0) } ?? .null, .text(operation.state.rawValue),
            .integer(operation.done), .integer(operation.failed), .integer(operation.total),
            .time(operation.started), .time(operation.finished), .optional(reportText),
            .time(pass.claimed), .integer(pass.moved), .integer(pass.refused),
            pass.cursor.map { .integer($0.version) } ?? .null, .optional(pass.cursor?.key.instance.text),
            .optional(pass.cursor?.key.identifier.text), .integer(revision),
        ]
    }

    /// Checks the MAC of a row of `selection`, and reads it.
    init(_ values: [StoreValue], authenticator: RecordAuthenticator) throws(StoreError) {
        var row = RowReader(.operations, values, keyColumnCount: 1)
        guard case .blob(let mac)? = values.last,
            try authenticator.verifies(mac, .operations, Array(values.dropLast()))
        else { throw row.corrupted }
        let identifier = OperationIdentifier(try row.text())
        let kind = try row.required(BackgroundOperation.Kind(rawValue: try row.text()))
        let partition = try row.required(PartitionName(try row.text()))
        let subject = BackgroundOperation.Subject(
            identifier: try row.text(),
            name: try row.text(),
            targetVersion: try row.optionalInteger().map { Int($0) }
        )
        let state = try row.required(BackgroundOperation.State(rawValue: try row.text()))
        let (done, failed, total) = (try row.int(), try row.int(), try row.int())
        operation = BackgroundOperation(
            stored: subject,
            identifier: identifier,
            kind: kind,
            partition: partition,
            started: try row.time()
        )
        operation.state = state
        operation.done = done
        operation.failed = failed
        operation.total = total
        operation.finished = try row.optionalTime()
        operation.report = try row.required(Self.report(try row.optionalText() ?? ""))
        pass = Pass(beginning: try row.time())
        pass.moved = try row.int()
        pass.refused = try row.int()
        let version = try row.optionalInteger()
        let instance = try row.optionalText()
        let object = try row.optionalText()
        if let version, let instance, let object {
            let key = ObjectKey(instance: InstanceIdentifier(instance), identifier: UniqueIdentifier(object))
            pass.cursor = Position(version: Int(version), key: key)
        }
        revision = try row.integer()
    }

    /// "1=0 2=300"; nil for an empty report.
    private var reportText: String? {
        guard !operation.report.isEmpty else { return nil }
        return operation.report.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private static func report(_ text: String) -> [Int: Int]? {
        var report: [Int: Int] = [:]
        for entry in text.split(separator: " ") {
            let parts = entry.split(separator: "=")
            guard parts.count == 2, let version = Int(parts[0]), let count = Int(parts[1]) else { return nil }
            report[version] = count
        }
        return report
    }
}
