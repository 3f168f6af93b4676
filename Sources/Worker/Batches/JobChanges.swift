import KeyModel
import KeyStorage

/// What a job changes, to be committed as a whole.
struct JobChanges {
    enum Write {
        case insert(ManagedObject)
        case update(ManagedObject, previousRevision: Int64)
        case check(RemovalCheck, of: InstanceIdentifier)
        case uncheck(RemovalStep, of: InstanceIdentifier)
        case begin(StoredOperation, RevocationOrder, [UniqueIdentifier])
    }

    private(set) var writes: [Write] = []
    private(set) var retrieved: Set<ObjectKey> = []
    private(set) var events: [AuditEvent] = []

    mutating func insert(_ object: ManagedObject) {
        writes.append(.insert(object))
    }

    /// - Returns: the object with the revision that it has after the commit.
    mutating func update(_ object: ManagedObject) -> ManagedObject {
        writes.append(.update(object, previousRevision: object.revision))
        var next = object
        next.revision += 1
        return next
    }

    mutating func check(_ check: RemovalCheck, of instance: InstanceIdentifier) {
        writes.append(.check(check, of: instance))
    }

    mutating func uncheck(_ step: RemovalStep, of instance: InstanceIdentifier) {
        writes.append(.uncheck(step, of: instance))
    }

    mutating func begin(_ operation: StoredOperation, _ revocation: RevocationOrder, _ keys: [UniqueIdentifier]) {
        writes.append(.begin(operation, revocation, keys))
    }

    mutating func markRetrieved(_ key: ObjectKey) {
        retrieved.insert(key)
    }

    mutating func record(_ event: AuditEvent) {
        events.append(event)
    }

    /// Writes the objects. Events and outcome are the caller's, for they are written with those of the whole batch.
    func apply(to transaction: WriteTransaction, at now: Timestamp) throws {
        for write in writes {
            switch write {
            case .insert(let object): try transaction.insert(object)
            case .update(let object, let previous): try transaction.update(object, previousRevision: previous)
            case .check(let check, let instance): try transaction.write(check, of: instance)
            case .uncheck(let step, let instance): try transaction.deleteRemovalCheck(step, of: instance)
            case .begin(let operation, let revocation, let keys):
                try transaction.insert(operation)
                try transaction.insert(revocation, of: keys)
            }
        }
        if !retrieved.isEmpty { try transaction.markRetrieved(retrieved, at: now) }
    }
}
