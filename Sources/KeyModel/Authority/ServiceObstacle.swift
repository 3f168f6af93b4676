/// Why an instance serves no keys. It crosses the queue by its name; the sentence for people is made where it arrives.
package enum ServiceObstacle: String, Hashable, Sendable, CaseIterable {
    /// It is `installing`, `inactive` or `configuring`.
    case notActivated = "not-activated"
    case beingRemoved = "being-removed"
    /// The root key that it is to use is not there.
    case rootKeyMissing = "root-key-missing"
    case rootKeySuspended = "root-key-suspended"
    case rootKeyDeleting = "root-key-deleting"
    /// The root key has no version to wrap new keys under.
    case rootKeyWithoutVersion = "root-key-without-version"
    /// The root key's owner has not authorized the instance with both roles.
    case notAuthorized = "not-authorized"
}

extension Authority {
    /// - Returns: nil for an instance whose keys are served.
    package func obstacle(toServing instance: Instance) -> ServiceObstacle? {
        switch instance.status {
        case .installing, .inactive, .configuring: return .notActivated
        case .removing: return .beingRemoved
        case .installed: break
        }
        guard let identifier = instance.rootKey,
            let rootKey = rootKeys.first(where: { $0.identifier == identifier })
        else { return .rootKeyMissing }
        switch rootKey.status {
        case .suspended: return .rootKeySuspended
        case .deleting, .deleted: return .rootKeyDeleting
        case .active: break
        }
        guard authorization(of: instance.identifier, for: identifier)?.allowsService == true else {
            return .notAuthorized
        }
        return currentVersion(of: identifier) == nil ? .rootKeyWithoutVersion : nil
    }

    package func authorization(
        of instance: InstanceIdentifier,
        for rootKey: RootKeyIdentifier
    ) -> ServiceAuthorization? {
        authorizations.first { $0.instance == instance && $0.rootKey == rootKey }
    }
}
