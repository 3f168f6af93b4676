import AuthorityKeeping
import KeyModel
import KeyStorage

/// Reads of instances in full, authorizations, operators and identities.
extension BatchProcessor {
    func show(_ name: String) throws -> InstanceAnswer {
        let authority = keeper.authority
        let instance = try authority.requireInstance(named: name, in: partition)
        let certificates = authority.certificates.filter { $0.instance == instance.identifier }
        let rootKey = authority.rootKeys.first { $0.identifier == instance.rootKey }
        let version = rootKey.flatMap { authority.currentVersion(of: $0.identifier)?.version }
        return try store.read { transaction in
            .shown(
                InstanceDetails(
                    description: try describe(instance, transaction),
                    rootKey: (rootKey?.name, version),
                    obstacle: authority.obstacle(toServing: instance),
                    certificates: certificates,
                    lastUse: try lastUse(of: instance, transaction)
                )
            )
        }
    }

    /// When a client of it was last seen, or a key given out.
    func lastUse(of instance: Instance, _ transaction: ReadTransaction) throws -> Timestamp? {
        let sightings = try transaction.certificateSightings()
        let seen = keeper.authority.certificates.filter { $0.instance == instance.identifier }
            .compactMap { sightings[$0.fingerprint] }
        let retrieved = try transaction.lastRetrieval(in: instance.identifier)
        return (seen + [retrieved].compactMap { $0 }).max()
    }

    func answer(_ request: AuthorizationRequest) throws -> AuthorizationAnswer {
        guard case .list(let rootKey) = request else {
            preconditionFailure("changes are carried out by change(_:of:at:)")
        }
        let found = try keeper.authority.requireRootKey(rootKey, in: partition)
        return .list(keeper.authority.authorizations(for: found))
    }

    /// What the decision about a change of an instance must know of its keys.
    func keys(
        neededFor request: OperatorJob.Request,
        in transaction: ReadTransaction
    ) throws -> InstanceKeys {
        let name: String
        switch request {
        case .instance(.activate(let named, _)), .instance(.deactivate(let named)), .instance(.remove(let named, _)):
            name = named
        default: return InstanceKeys()
        }
        guard let instance = keeper.authority.instances.first(where: { $0.name == name }) else { return InstanceKeys() }
        return InstanceKeys(
            counts: try transaction.objectCounts(in: instance.identifier),
            withMaterial: try transaction.countOfMaterial(in: instance.identifier),
            rootKeys: try transaction.rootKeysOfMaterial(in: instance.identifier)
        )
    }
}
