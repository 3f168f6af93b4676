package import FoundationEssentials

/// Long work that goes on in the background (`Operation` in openapi.yaml).
package struct OperationResource: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable, CaseIterable {
        case running
        case done
        /// It has come to its end, and some of it can't be done.
        case failed
        /// It was given up.
        case stopped
    }

    package let identifier: String
    /// `root-key-rotation`, `root-key-deletion` or `key-revocation`.
    package let kind: String
    /// The identifier of what it works on: a root key, or an instance.
    package let subject: String
    package let subjectName: String
    /// The version that keys are moved to.
    package let targetVersion: Int?
    package let state: State
    /// How many keys were moved, or destroyed.
    package let done: Int
    /// How many could not be.
    package let failed: Int
    package let total: Int
    package let started: Date
    package let finished: Date?
    /// How many keys are under each version, at the end.
    package let report: [VersionCount]?

    package struct VersionCount: Codable, Hashable, Sendable {
        package let version: Int
        package let keyCount: Int

        package init(version: Int, keyCount: Int) {
            self.version = version
            self.keyCount = keyCount
        }
    }

    /// What an operation works on.
    package struct Subject: Sendable {
        package let identifier: String
        package let name: String
        package let targetVersion: Int?

        package init(identifier: String, name: String, targetVersion: Int?) {
            self.identifier = identifier
            self.name = name
            self.targetVersion = targetVersion
        }
    }

    /// How far it has come.
    package struct Progress: Sendable {
        package let state: State
        package let done: Int
        package let failed: Int
        package let total: Int

        package init(state: State, done: Int, failed: Int, total: Int) {
            self.state = state
            self.done = done
            self.failed = failed
            self.total = total
        }
    }

    package init(
        identifier: String,
        kind: String,
        subject: Subject,
        progress: Progress,
        started: Date,
        finished: Date?,
        report: [VersionCount]?
    ) {
        self.identifier = identifier
        self.kind = kind
        self.subject = subject.identifier
        self.subjectName = subject.name
        self.targetVersion = subject.targetVersion
        self.state = progress.state
        self.done = progress.done
        self.failed = progress.failed
        self.total = progress.total
        self.started = started
        self.finished = finished
        self.report = report
    }
}
