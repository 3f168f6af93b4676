import KeyModel

/// A version of a root key that is in the token, was tried, and is nobody's yet.
struct MadeRootKeyVersion {
    let tokenKeyID: [UInt8]
    let canary: [UInt8]
}

/// What becomes of root keys. Pure: decides, writes nothing.
extension Authority {
    /// - Throws: `invalidField` for what is no name, `alreadyExists` for one that is taken: a name must not be another
    ///   root key's identifier either.
    func requireRootKeyName(_ name: String) throws(OperationFailure) {
        guard Self.isName(name) else { throw OperationFailure(.invalidField) }
        guard !rootKeys.contains(where: { $0.name == name || $0.identifier.text == name }) else {
            throw OperationFailure(.alreadyExists)
        }
    }

    /// - Throws: `rootKeyNotActive` for one that is suspended or is to be deleted.
    func requireActive(_ rootKey: RootKey) throws(OperationFailure) {
        guard rootKey.status == .active else { throw OperationFailure(.rootKeyNotActive) }
    }

    /// With a root key whose first version was made.
    func adding(_ rootKey: RootKey, version made: MadeRootKeyVersion) -> Authority {
        var next = self
        next.rootKeys.append(rootKey)
        next.rootKeyVersions.append(RootKeyVersion(made, of: rootKey.identifier, number: 1, created: rootKey.created))
        return next
    }

    /// The number of the version that the next rotation makes.
    func nextVersion(of rootKey: RootKey) -> Int {
        (rootKeyVersions.filter { $0.rootKey == rootKey.identifier }.map(\.version).max() ?? 0) + 1
    }

    /// With the version that was made as the current one, and the one that was current retired.
    func rotating(_ rootKey: RootKey, to made: MadeRootKeyVersion, at now: Timestamp) -> Authority {
        var next = self
        let number = nextVersion(of: rootKey)
        next.rootKeyVersions = rootKeyVersions.map { version in
            version.rootKey == rootKey.identifier && version.status == .current ? version.with(.retired) : version
        }
        next.rootKeyVersions.append(RootKeyVersion(made, of: rootKey.identifier, number: number, created: now))
        return next
    }

    /// With the root key suspended or in use again. One that is so already stays so.
    ///
    /// - Throws: `rootKeyNotActive` for one that is to be deleted, or is.
    func setting(_ rootKey: RootKey, to status: RootKey.Status) throws(OperationFailure) -> Authority {
        guard rootKey.status == .active || rootKey.status == .suspended else {
            throw OperationFailure(.rootKeyNotActive)
        }
        return with(rootKey, status)
    }

    func with(_ rootKey: RootKey, _ status: RootKey.Status) -> Authority {
        var next = self
        next.rootKeys = rootKeys.map { $0.identifier == rootKey.identifier ? $0.with(status) : $0 }
        return next
    }

    /// Until when a retired version stays at least, for backups that need it; nil for others.
    func keptUntil(_ version: RootKeyVersion, retentionDays: Int) -> Timestamp? {
        guard version.status == .retired else { return nil }
        // A version is retired by the change that makes the next one.
        let next = rootKeyVersions.filter { $0.rootKey == version.rootKey && $0.version > version.version }
            .min { $0.version < $1.version }
        return next?.created.advanced(bySeconds: Int64(retentionDays) * 86_400)
    }

    /// The retired versions whose time is over. Those of a root key that is suspended, or is to be deleted, are not among
    /// them: nothing happens to it meanwhile.
    func expiredVersions(in partition: PartitionName, retentionDays: Int, at now: Timestamp) -> [RootKeyVersion] {
        versions(.retired, in: partition).filter { version in
            keptUntil(version, retentionDays: retentionDays).map { $0 <= now } ?? false
        }
    }

    /// The versions of that status of the partition's active root keys.
    func versions(_ status: RootKeyVersion.Status, in partition: PartitionName) -> [RootKeyVersion] {
        let active = Set(rootKeys.filter { $0.partition == partition && $0.status == .active }.map(\.identifier))
        return rootKeyVersions.filter { $0.status == status && active.contains($0.rootKey) }
    }

    func setting(_ version: RootKeyVersion, to status: RootKeyVersion.Status) -> Authority {
        var next = self
        next.rootKeyVersions = rootKeyVersions.map { $0 == version ? version.with(status) : $0 }
        return next
    }

    /// The root key as operators see it.
    ///
    /// - Parameters:
    ///   - counts: of keys, by version and instance.
    ///   - deletion: that waits, or is at work.
    ///   - retentionDays: how long a retired version stays.
    func describe(
        _ rootKey: RootKey,
        counts: [Int: [InstanceIdentifier: Int]],
        rotation: OperationIdentifier?,
        deletion: RootKeyDeletion.Description? = nil,
        retentionDays: Int
    ) -> RootKeyDescription {
        let versions = rootKeyVersions.filter { $0.rootKey == rootKey.identifier }.sorted { $0.version < $1.version }
        return RootKeyDescription(
            rootKey: rootKey,
            versions: versions.map { version in
                let objectCounts = (counts[version.version] ?? [:]).map {
                    (instance($0.key)?.name ?? $0.key.text, $0.value)
                }
                return RootKeyDescription.Version(
                    version: version.version,
                    status: version.status,
                    created: version.created,
                    objectCounts: Dictionary(objectCounts, uniquingKeysWith: +),
                    keptUntil: keptUntil(version, retentionDays: retentionDays)
                )
            },
            instances: instances.filter { $0.rootKey == rootKey.identifier }.map(\.name).sorted(),
            rotation: rotation,
            deletion: deletion
        )
    }
}

extension RootKey {
    func with(_ status: Status) -> RootKey {
        RootKey(identifier: identifier, name: name, partition: partition, status: status, created: created)
    }
}

extension RootKeyVersion {
    init(_ made: MadeRootKeyVersion, of rootKey: RootKeyIdentifier, number: Int, created: Timestamp) {
        self.init(
            rootKey: rootKey,
            version: number,
            status: .current,
            tokenKeyID: made.tokenKeyID,
            canary: made.canary,
            created: created
        )
    }

    func with(_ status: Status) -> RootKeyVersion {
        RootKeyVersion(
            rootKey: rootKey,
            version: version,
            status: status,
            tokenKeyID: tokenKeyID,
            canary: canary,
            created: created
        )
    }
}
