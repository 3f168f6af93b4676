import AuthorityKeeping
import KeyModel
import KeyStorage

/// Operators' requests that look at keys. The key store alone is asked.
extension BatchProcessor {
    /// - Parameter request: one without effect.
    func answer(_ request: KeyRequest) throws -> KeyAnswer {
        switch request {
        case .list(let name, let search):
            let instance = try keeper.authority.requireInstance(named: name)
            guard search.attributes.count <= KeySearch.mostAttributes else { throw OperationFailure(.invalidField) }
            return .list(try store.read { try $0.keys(search, in: instance.identifier, at: secondsNow) })
        case .show(let name, let identifier):
            return .key(try entry(try requireKey(identifier, ofInstance: name)))
        case .history(let name, let identifier, let part):
            let key = try requireKey(identifier, ofInstance: name)
            return .history(
                try store.read { transaction in
                    guard try transaction.objects([key])[key] != nil else { throw OperationFailure(.keyNotFound) }
                    return try transaction.history(of: key.identifier, in: key.instance, part)
                }
            )
        case .revoke, .revokeAll, .restore, .destroy:
            preconditionFailure("changes are carried out by changeObjects(_:of:)")
        }
    }

    /// The key that a request names, whether it exists or not.
    func requireKey(_ identifier: UniqueIdentifier, ofInstance name: String) throws(OperationFailure) -> ObjectKey {
        let instance = try keeper.authority.requireInstance(named: name)
        return ObjectKey(instance: instance.identifier, identifier: identifier)
    }

    private func entry(_ key: ObjectKey) throws -> KeyEntry {
        try store.read { transaction in
            switch try transaction.objects([key])[key] {
            case nil: throw OperationFailure(.keyNotFound)
            case .success(var object)?:
                object.settle(at: secondsNow)
                return .key(KeyDescription(object, lastRetrieved: try transaction.lastRetrievals([key])[key]))
            case .failure(let error)?:
                guard error.code == .recordCorrupted else { throw error }
                return .corrupted(key.identifier)
            }
        }
    }

    private var secondsNow: Timestamp { Timestamp(secondsSince1970: clock() / 1_000) }
}
