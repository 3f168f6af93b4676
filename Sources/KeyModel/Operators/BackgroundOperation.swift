/// Identifies long work: a UUID in lower-case text.
package struct OperationIdentifier: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }
}

/// Long work that workers do in the background, as its durable record and operators have it.
package struct BackgroundOperation: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Moves every key under the current version of a root key.
        case rootKeyRotation = "root-key-rotation"
        /// Waits, and then destroys a root key and every key under it.
        case rootKeyDeletion = "root-key-deletion"
        /// Revokes the keys of an instance that an operator has named.
        case keyRevocation = "key-revocation"
    }

    package enum State: String, Hashable, Sendable, CaseIterable {
        case running
        /// All is done.
        case done
        /// It has come to its end, and some of what it should have done can't be done.
        case failed
        /// It was given up: what it worked on is no longer there, or no longer as it was.
        case stopped
    }

    package let identifier: OperationIdentifier
    package let kind: Kind
    package let partition: PartitionName
    /// The identifier of what it works on: a root key, or an instance.
    package let subject: String
    /// Its name when the operation began.
    package let subjectName: String
    /// The version that keys are moved to.
    package let targetVersion: Int?
    package let started: Timestamp
    package var state: State
    /// How many keys were moved; of a deletion: destroyed; of a revocation: revoked.
    package var done: Int
    /// How many could not be moved, counted at the end; of a deletion: records that were damaged, and are gone; of a
    /// revocation: keys that were let alone.
    package var failed: Int
    /// How many keys there were to move when it began. Keys that clients destroy in the meantime need not be: at the end it
    /// is what was done and what failed.
    package var total: Int
    package var finished: Timestamp?
    /// How many keys are under each version of the root key; empty until the end.
    package var report: [Int: Int]

    package init(
        identifier: OperationIdentifier,
        kind: Kind,
        partition: PartitionName,
        rootKey: RootKey,
        targetVersion: Int,
        total: Int,
        started: Timestamp
    ) {
        self.init(
            stored: Subject(identifier: rootKey.identifier.text, name: rootKey.name, targetVersion: targetVersion),
            identifier: identifier,
            kind: kind,
            partition: partition,
            started: started
        )
        self.total = total
    }

    /// What an operation works on.
    package struct Subject: Hashable, Sendable {
        package let identifier: String
        package let name: String
        package let targetVersion: Int?

        package init(identifier: String, name: String, targetVersion: Int?) {
            self.identifier = identifier
            self.name = name
            self.targetVersion = targetVersion
        }
    }

    /// What never changes of an operation; the rest is set by whoever restores it.
    package init(
        stored subject: Subject,
        identifier: OperationIdentifier,
        kind: Kind,
        partition: PartitionName,
        started: Timestamp
    ) {
        self.identifier = identifier
        self.kind = kind
        self.partition = partition
        self.subject = subject.identifier
        self.subjectName = subject.name
        self.targetVersion = subject.targetVersion
        self.started = started
        state = .running
        done = 0
        failed = 0
        total = 0
        finished = nil
        report = [:]
    }

    /// Ends it.
    ///
    /// - Parameters:
    ///   - left: how many keys it leaves where they were.
    ///   - report: keys by version.
    package mutating func finish(_ state: State, left: Int, report: [Int: Int], at now: Timestamp) {
        self.state = state
        failed = left
        total = done + left
        finished = now
        self.report = report
    }
}

/// What operators ask of operations.
package enum BackgroundOperationRequest: OperatorRequest {
    /// The latest of them, newest first. Answered by `BackgroundOperationAnswer.list`.
    case list
    /// Answered by `BackgroundOperationAnswer.operation`.
    case show(OperationIdentifier)

    package var name: String {
        switch self {
        case .list: "operation.list"
        case .show: "operation.show"
        }
    }

    package var requiredRole: Operator.Role? { nil }
    package var effect: OperatorRequestEffect { .none }
}

package enum BackgroundOperationAnswer: Hashable, Sendable {
    case list([BackgroundOperation])
    case operation(BackgroundOperation)
}
