import Cryptography
import KeyModel

/// Changes of instances. The steps that there are, and why no others, is `Instance.status(_:after:)`.
extension Authority {
    func changed(by request: InstanceRequest, in context: ChangeContext) throws(OperationFailure) -> AuthorityChange {
        switch request {
        case .create(let name): return try creating(name, context)
        case .activate(let name, let rootKey):
            let instance = try requireInstance(named: name, in: context.partition)
            return try activating(instance, with: try requireRootKey(rootKey, in: context.partition), context)
        case .deactivate(let name):
            let instance = try requireInstance(named: name, in: context.partition)
            return replacing(instance, by: try instance.after(.deactivate), .instanceDeactivate, context)
        case .remove(let name, let repeatedName):
            return try removing(try requireInstance(named: name, in: context.partition), repeatedName, context)
        case .list, .show, .removalSteps, .checkRemovalStep: preconditionFailure("reads and notes change nothing here")
        }
    }

    private func creating(_ wanted: String?, _ context: ChangeContext) throws(OperationFailure) -> AuthorityChange {
        let taken = Set(instances.map(\.name))
        var random = SystemRandomNumberGenerator()
        guard let name = wanted ?? Instance.freeName(besides: taken, using: &random) else {
            throw OperationFailure(.alreadyExists)
        }
        guard Self.isName(name) else { throw OperationFailure(.invalidField) }
        guard !taken.contains(name), let identifier = try? RandomIdentifier.make() else {
            throw OperationFailure(.alreadyExists)
        }
        let installing = Instance(
            identifier: InstanceIdentifier(identifier),
            name: name,
            status: .installing,
            partition: context.partition,
            rootKey: nil,
            created: context.now
        )
        let created = try installing.after(.complete)
        var next = self
        next.instances.append(created)
        return change(to: next, of: created, .instanceCreate, context)
    }

    private func activating(
        _ instance: Instance,
        with rootKey: RootKey,
        _ context: ChangeContext
    ) throws(OperationFailure) -> AuthorityChange {
        let configuring = try instance.after(.configure, rootKey: rootKey.identifier)
        guard rootKey.status == .active, currentVersion(of: rootKey.identifier) != nil else {
            throw OperationFailure(.wrongLifecycleState)
        }
        guard authorization(of: instance.identifier, for: rootKey.identifier)?.allowsService == true else {
            throw OperationFailure(.rootKeyNotAuthorized)
        }
        // Keys stay under the root key that they are under: the owner of another one can't take them over.
        guard context.keys.rootKeys.isSubset(of: [rootKey.identifier]) else {
            throw OperationFailure(.keysNotDestroyed)
        }
        var activated = replacing(instance, by: try configuring.after(.serve), .instanceActivate, context)
        activated.object = UniqueIdentifier(rootKey.identifier.text)
        return activated
    }

    /// Without keys an instance is gone at once. With keys it is `removing`: nobody is its client any more, and workers
    /// destroy what is left (`InstanceRemoval`).
    private func removing(
        _ instance: Instance,
        _ repeatedName: String?,
        _ context: ChangeContext
    ) throws(OperationFailure) -> AuthorityChange {
        let removed = try instance.after(.remove)
        guard repeatedName == nil || repeatedName == instance.name else { throw OperationFailure(.invalidField) }
        let keys = context.keys.withMaterial
        guard keys == 0 || repeatedName != nil else { throw OperationFailure(.keysNotDestroyed) }
        var next = self
        next.instances.removeAll { $0.identifier == instance.identifier }
        if keys > 0 { next.instances.append(removed) }
        let gone = next.certificates.filter { $0.instance == instance.identifier }.map(\.fingerprint)
        next.certificates.removeAll { $0.instance == instance.identifier }
        next.authorizations.removeAll { $0.instance == instance.identifier }
        return AuthorityChange(
            next: next,
            answer: .instance(.removed(removed, remainingKeys: keys)),
            action: .instanceRemove,
            instance: instance.identifier,
            notices: [.instance(instance.identifier)] + gone.map { .certificate($0) }
        )
    }

    private func replacing(
        _ instance: Instance,
        by changed: Instance,
        _ action: AuditEvent.Action,
        _ context: ChangeContext
    ) -> AuthorityChange {
        var next = self
        next.instances = instances.map { $0.identifier == instance.identifier ? changed : $0 }
        return change(to: next, of: changed, action, context)
    }

    private func change(
        to next: Authority,
        of instance: Instance,
        _ action: AuditEvent.Action,
        _ context: ChangeContext
    ) -> AuthorityChange {
        let description = InstanceDescription(
            instance: instance,
            certificateCount: certificates.count { $0.instance == instance.identifier },
            objectCounts: context.keys.counts
        )
        return AuthorityChange(
            next: next,
            answer: .instance(.changed(description)),
            action: action,
            instance: instance.identifier,
            notices: [.instance(instance.identifier)]
        )
    }
}
