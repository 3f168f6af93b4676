import KeyModel
import OperatorSignatures

/// What becomes of a root key that is to be deleted. Pure: decides, writes nothing.
extension Authority {
    /// What two key owners must have signed.
    func deletionRequest(of rootKey: RootKey) -> SignedRequest {
        .deleteRootKey(
            partition: rootKey.partition.text,
            rootKey: .init(name: rootKey.name, identifier: rootKey.identifier.text),
            currentVersion: currentVersion(of: rootKey.identifier)?.version ?? 0
        )
    }

    /// With the root key out of use, and its versions where they are.
    ///
    /// - Throws: `rootKeyDeletionPending`, `rootKeyDeleted`.
    func orderingDeletion(of rootKey: RootKey) throws(OperationFailure) -> Authority {
        switch rootKey.status {
        case .active, .suspended: return with(rootKey, .deleting)
        case .deleting: throw OperationFailure(.rootKeyDeletionPending)
        case .deleted: throw OperationFailure(.rootKeyDeleted)
        }
    }

    /// With the root key suspended: it serves again when an owner resumes it.
    ///
    /// - Throws: `rootKeyNotBeingDeleted`; `rootKeyDeleted` from when the waiting time is over, whether anything is
    ///   destroyed already or not.
    func restoring(_ rootKey: RootKey, due: Timestamp?, at now: Timestamp) throws(OperationFailure) -> Authority {
        switch rootKey.status {
        case .active, .suspended: throw OperationFailure(.rootKeyNotBeingDeleted)
        case .deleted: throw OperationFailure(.rootKeyDeleted)
        case .deleting: break
        }
        guard let due, now < due else { throw OperationFailure(.rootKeyDeleted) }
        return with(rootKey, .suspended)
    }

    /// With the root key gone, before anything of it is destroyed in the token: from here on no worker looks for it, and
    /// nothing brings it back. Its instances are inactive and without a root key; nobody is authorized for it.
    func deleting(_ rootKey: RootKey) -> Authority {
        var next = with(rootKey, .deleted)
        next.rootKeyVersions = rootKeyVersions.map { $0.rootKey == rootKey.identifier ? $0.with(.destroyed) : $0 }
        next.authorizations.removeAll { $0.rootKey == rootKey.identifier }
        next.instances = instances.map { instance in
            guard instance.rootKey == rootKey.identifier else { return instance }
            return Instance(
                identifier: instance.identifier,
                name: instance.name,
                status: instance.status == .removing ? .removing : .inactive,
                partition: instance.partition,
                rootKey: nil,
                created: instance.created
            )
        }
        return next
    }

    /// Ticket keys of the time before a deletion that are still there.
    func ticketKeys(of deletion: RootKeyDeletion) -> [TicketKey] {
        ticketKeys.filter { deletion.ticketKeys.contains($0.tokenKeyID) }
    }

    func describe(_ deletion: RootKeyDeletion) -> RootKeyDeletion.Description {
        RootKeyDeletion.Description(
            operation: deletion.operation,
            due: deletion.due,
            isWaitingForTicketKey: !deletion.tokenSerials.isEmpty
                && ticketKeys(of: deletion).contains { $0.status == .current }
        )
    }
}

/// What is to be done for a deletion now. No I/O.
enum DeletionDecision: Hashable {
    /// The waiting time is not over.
    case wait
    /// It is: the root key goes out of the authority.
    case begin(RootKey)
    /// It is out: what is left of it is destroyed.
    case destroy(RootKey)
    /// The root key is not what it was.
    case stop

    init(_ deletion: RootKeyDeletion, _ authority: Authority, at now: Timestamp) {
        let rootKey = authority.rootKeys.first { $0.identifier == deletion.rootKey }
        switch rootKey?.status {
        case .deleting: self = now < deletion.due ? .wait : rootKey.map { .begin($0) } ?? .stop
        case .deleted: self = rootKey.map { .destroy($0) } ?? .stop
        case .active, .suspended, nil: self = .stop
        }
    }
}
