package import FoundationEssentials

/// How far the removal of an instance has come (`RemovalSteps` in openapi.yaml): what operators have checked off, and what
/// the server sees by itself.
package struct RemovalStepsResource: Codable, Hashable, Sendable {
    package struct Step: Codable, Hashable, Sendable {
        /// `virtual-machines`, `hosts`, `key-provider`, `service`, `keys` or `root-key`.
        package let step: String
        /// Absent where it is not checked off.
        package let checked: Check?

        package init(step: String, checked: Check?) {
            self.step = step
            self.checked = checked
        }
    }

    package struct Check: Codable, Hashable, Sendable {
        package let at: Date
        /// The name of the operator; absent where the operator is not on record any more.
        package let by: String?
        /// SHA-256 of the operator's certificate.
        package let byFingerprint: String

        package init(at: Date, by: String?, byFingerprint: String) {
            self.at = at
            self.by = by
            self.byFingerprint = byFingerprint
        }
    }

    package let instance: String
    /// In the order in which they are to be done.
    package let steps: [Step]
    /// The instance's.
    package let status: String
    package let keysNotDestroyed: Int
    package let certificateCount: Int
    /// When a client was last seen, or a key given out; absent where that never was.
    package let lastUse: Date?
    package let rootKeyName: String?
    /// The names of the other instances of its root key.
    package let rootKeyNeededBy: [String]

    package init(
        instance: String,
        steps: [Step],
        status: String,
        keysNotDestroyed: Int,
        certificateCount: Int,
        lastUse: Date?,
        rootKey: (name: String?, neededBy: [String])
    ) {
        self.instance = instance
        self.steps = steps
        self.status = status
        self.keysNotDestroyed = keysNotDestroyed
        self.certificateCount = certificateCount
        self.lastUse = lastUse
        rootKeyName = rootKey.name
        rootKeyNeededBy = rootKey.neededBy
    }
}

/// A step to check off, or not to (`RemovalStepCheck` in openapi.yaml).
package struct RemovalStepCheck: Codable, Hashable, Sendable {
    package let step: String
    package let isChecked: Bool

    package init(step: String, isChecked: Bool) {
        self.step = step
        self.isChecked = isChecked
    }
}
