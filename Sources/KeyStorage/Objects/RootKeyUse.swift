package import KeyModel

/// What is under which version of a root key.
extension ReadTransaction {
    /// How many objects of each instance are under each version. Nothing here is authenticated: it is for people.
    package func objectCounts(under rootKey: RootKeyIdentifier) throws -> [Int: [InstanceIdentifier: Int]] {
        let rows = try engine.rows(
            """
            SELECT root_key_version, instance, COUNT(*) FROM managed_objects WHERE root_key = ? \
            GROUP BY root_key_version, instance
            """,
            [.text(rootKey.text)]
        )
        var counts: [Int: [InstanceIdentifier: Int]] = [:]
        for values in rows {
            var row = RowReader(.managedObjects, values, keyColumnCount: 0)
            let version = try row.int()
            let instance = InstanceIdentifier(try row.text())
            counts[version, default: [:]][instance] = try row.int()
        }
        return counts
    }

    /// Whether any object is under a version. Not authenticated either.
    package func hasObjects(under rootKey: RootKeyIdentifier, version: Int) throws -> Bool {
        let rows = try engine.rows(
            "SELECT 1 FROM managed_objects WHERE root_key = ? AND root_key_version = ? LIMIT 1",
            [.text(rootKey.text), .integer(version)]
        )
        return !rows.isEmpty
    }

    /// How many objects are under versions before `version`.
    package func objectCount(under rootKey: RootKeyIdentifier, before version: Int) throws -> Int {
        let rows = try engine.rows(
            "SELECT COUNT(*) FROM managed_objects WHERE root_key = ? AND root_key_version < ?",
            [.text(rootKey.text), .integer(version)]
        )
        var row = RowReader(.managedObjects, rows.first ?? [], keyColumnCount: 0)
        return try row.int()
    }

    /// Objects under versions before `version`, in order of version, instance and identifier, at most `limit` of them from
    /// behind `position`. One that fails its authentication is `recordCorrupted`.
    package func objects(
        under rootKey: RootKeyIdentifier,
        before version: Int,
        behind position: StoredOperation.Position?,
        limit: Int
    ) throws -> [(position: StoredOperation.Position, object: Result<ManagedObject, StoreError>)] {
        var condition = "r.root_key = ? AND r.root_key_version < ?"
        var parameters: [StoreValue] = [.text(rootKey.text), .integer(version)]
        if let position {
            condition += " AND (r.root_key_version, r.instance, r.unique_identifier) > (?, ?, ?)"
            parameters += [.integer(position.version)] + position.key.values
        }
        let rows = try engine.rows(
            """
            SELECT \(ObjectRow.selection) FROM managed_objects r WHERE \(condition) \
            ORDER BY r.root_key_version, r.instance, r.unique_identifier LIMIT ?
            """,
            parameters + [.integer(limit)]
        )
        let found = try objects(rows: rows)
        return try rows.map { values in
            var row = RowReader(.managedObjects, values, keyColumnCount: 2)
            let key = try row.objectKey()
            guard case .integer(let number) = values[ObjectRow.rootKeyVersionColumn] else { throw row.corrupted }
            let position = StoredOperation.Position(version: Int(number), key: key)
            return (position, found[key] ?? .failure(row.corrupted))
        }
    }
}

extension WriteTransaction {
    /// Puts other material, which is the same key, into an object that was read at its revision. Nothing else of it changes,
    /// but that it has the next revision.
    ///
    /// - Returns: false where the object has another revision by now, or is gone.
    package func rewrap(_ object: ManagedObject, to material: WrappedKeyMaterial) throws -> Bool {
        var next = object
        next.material = material
        next.revision += 1
        let key = ObjectKey(object)
        let content = ObjectRow.contentValues(next)
        let attributes = next.attributes.map { AttributeRow($0) }
        let mac = try authenticator.mac(.managedObjects, ObjectRow.authenticated(key.values + content, attributes))
        let parameters = content + [.blob(mac)] + key.values + [.integer(object.revision)]
        return try engine.execute(Self.updateObject, parameters) == 1
    }
}
