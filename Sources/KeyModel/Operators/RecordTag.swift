/// The state of a record, as far as operators change it: a change that names one is made only while it still holds.
///
/// What changes without an operator, such as the number of keys of an instance, is not part of it.
package struct RecordTag: Hashable, Sendable {
    package static let longest = 512

    /// Means nothing to clients.
    package let text: String

    package init(text: String) {
        self.text = text
    }

    package init(fields: [String]) {
        text = fields.map { "\($0.utf8.count):\($0)" }.joined()
    }
}

extension Instance {
    package var tag: RecordTag {
        RecordTag(fields: [identifier.text, name, status.rawValue, partition.text, rootKey?.text ?? ""])
    }
}

extension ClientCertificate {
    package var tag: RecordTag { RecordTag(fields: [instance.text, name, fingerprint.description]) }
}

extension RootKey {
    /// - Parameter currentVersion: the version that new keys are wrapped under; a rotation makes the next.
    package func tag(currentVersion: Int?) -> RecordTag {
        let version = currentVersion.map { "\($0)" } ?? ""
        return RecordTag(fields: [identifier.text, name, partition.text, status.rawValue, version])
    }
}

extension RootKeyDescription {
    package var tag: RecordTag {
        rootKey.tag(currentVersion: versions.first { $0.status == .current }?.version)
    }
}

extension ServiceAuthorization {
    package var tag: RecordTag {
        RecordTag(fields: [instance.text, rootKey.text] + roles.map(\.rawValue).sorted())
    }
}

extension Operator {
    package var tag: RecordTag { RecordTag(fields: [fingerprint.description, status.rawValue]) }
}

extension ServiceIdentity {
    package var tag: RecordTag { RecordTag(fields: [fingerprint.description, status.rawValue]) }
}

extension ManagedObject {
    package var tag: RecordTag { RecordTag(fields: [identifier.text, "\(revision)"]) }
}

extension KeyDescription {
    package var tag: RecordTag { RecordTag(fields: [identifier.text, "\(revision)"]) }
}
