import KeyModel

/// A change of one key that an operator asks for.
struct KeyChange: Hashable {
    enum Step: Hashable {
        case revoke(RevocationReason)
        case restore
        case destroy
    }

    let instance: String
    let key: UniqueIdentifier
    let step: Step

    /// - Returns: nil for a request that reads, or that orders more than one change.
    init?(_ request: KeyRequest) {
        switch request {
        case .list, .show, .history, .revokeAll: return nil
        case .revoke(let instance, let key, let reason):
            (self.instance, self.key, step) = (instance, key, .revoke(reason))
        case .restore(let instance, let key): (self.instance, self.key, step) = (instance, key, .restore)
        case .destroy(let instance, let key): (self.instance, self.key, step) = (instance, key, .destroy)
        }
    }

    /// For the audit trail.
    var action: AuditEvent.Action {
        switch step {
        case .revoke: .keyRevoke
        case .restore: .keyRestore
        case .destroy: .keyDestroy
        }
    }

    func apply(to object: inout ManagedObject, at now: Timestamp) throws(OperationFailure) {
        switch step {
        case .revoke(let reason):
            guard Self.isSensible(reason) else { throw OperationFailure(.invalidField) }
            try object.revoke(reason, occurrence: nil, at: now)
        case .restore: try object.restore(at: now)
        case .destroy: try object.destroy(at: now)
        }
    }

    /// One of the standard's reasons (KMIP 1.4, 9.1.3.2.19), and no more text than a sentence takes.
    static func isSensible(_ reason: RevocationReason) -> Bool {
        (RevocationReason.Code.unspecified.rawValue...RevocationReason.Code.privilegeWithdrawn.rawValue)
            .contains(reason.code.rawValue)
            && reason.message?.unicodeScalars.count ?? 0 <= RevocationReason.longestOperatorsMessage
    }
}
