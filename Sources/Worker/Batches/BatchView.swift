import FaultPoints
import KeyModel
import KeyStorage

/// The objects that a batch works on: read once, changed in memory, written at the end.
///
/// Jobs of one batch see each other's changes here. If the commit of one fails, those that built upon it find another
/// revision in the store, fail too, and are run again alone.
final class BatchView {
    private let store: KeyStore
    private var objects: [ObjectKey: Result<ManagedObject, StoreError>] = [:]
    private var absent: Set<ObjectKey> = []

    /// How many records one search looks at, the newest first.
    private let mostRecords: Int

    init(store: KeyStore, mostRecords: Int) {
        self.store = store
        self.mostRecords = mostRecords
    }

    /// Reads what the batch's operations name, in one query.
    func prefetch(_ keys: Set<ObjectKey>) throws(ExecutionError) {
        let missing = keys.filter { objects[$0] == nil && !absent.contains($0) }
        guard !missing.isEmpty else { return }
        let found = try usingStore { try store.read { try $0.objects(missing) } }
        for key in missing {
            if let object = found[key] {
                objects[key] = object
            } else {
                absent.insert(key)
            }
        }
        FaultPoint.recordsRead.reached()
    }

    /// The object, with the transitions that its dates have brought about.
    ///
    /// - Throws: `itemNotFound`, for an object of another instance as well; `recordCorrupted`.
    func object(_ key: ObjectKey, at now: Timestamp) throws(ExecutionError) -> ManagedObject {
        if objects[key] == nil { try prefetch([key]) }
        switch objects[key] {
        case nil: throw .failure(.itemNotFound)
        case .success(var object):
            object.settle(at: now)
            return object
        case .failure: throw .failure(.recordCorrupted)
        }
    }

    /// Puts a changed or new object into view.
    func put(_ object: ManagedObject) {
        let key = ObjectKey(object)
        absent.remove(key)
        objects[key] = .success(object)
    }

    /// The objects of `instance` that match, newest first: what the store finds, with this batch's changes in place.
    func matching(
        _ filter: ObjectFilter,
        in instance: InstanceIdentifier,
        at now: Timestamp
    ) throws(ExecutionError) -> Search {
        let candidates = try usingStore {
            try store.read { try $0.candidates(for: filter, in: instance, limit: mostRecords) }
        }
        var byKey: [ObjectKey: ManagedObject] = [:]
        for object in candidates.objects { byKey[ObjectKey(object)] = object }
        for case (let key, .success(let object)) in objects where key.instance == instance { byKey[key] = object }
        let found = byKey.values.compactMap { stored -> ManagedObject? in
            var object = stored
            object.settle(at: now)
            guard filter.asksForState || !object.state.isDestroyed, filter.matches(object) else { return nil }
            return object
        }
        return Search(
            found: found.sorted(by: Self.isNewer),
            corrupted: candidates.corrupted,
            isComplete: !candidates.isTruncated
        )
    }

    struct Search {
        /// Newest first.
        let found: [ManagedObject]
        let corrupted: [ObjectKey]
        /// Whether every object that could match was looked at; if not, older ones may match as well.
        let isComplete: Bool
    }

    private static func isNewer(_ one: ManagedObject, _ other: ManagedObject) -> Bool {
        let dates = (one.dates.initial?.secondsSince1970 ?? 0, other.dates.initial?.secondsSince1970 ?? 0)
        return dates.0 == dates.1 ? one.identifier.text < other.identifier.text : dates.0 > dates.1
    }
}
