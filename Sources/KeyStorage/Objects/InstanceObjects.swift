package import KeyModel

/// All objects of one instance: for who looks at it as a whole, or removes it.
extension ReadTransaction {
    /// How many objects of an instance still have their material. Not authenticated: an altered row hides or adds one.
    package func countOfMaterial(in instance: InstanceIdentifier) throws -> Int {
        let rows = try engine.rows(
            "SELECT COUNT(*) FROM managed_objects WHERE instance = ? AND wrapped_material IS NOT NULL",
            [.text(instance.text)]
        )
        var row = RowReader(.managedObjects, rows.first ?? [], keyColumnCount: 0)
        return try row.int()
    }

    /// Some objects of an instance that still have their material. One that fails its authentication is
    /// `recordCorrupted`.
    package func objectsWithMaterial(
        in instance: InstanceIdentifier,
        limit: Int
    ) throws -> [ObjectKey: Result<ManagedObject, StoreError>] {
        let rows = try engine.rows(
            """
            SELECT r.instance, r.unique_identifier FROM managed_objects r \
            WHERE r.instance = ? AND r.wrapped_material IS NOT NULL LIMIT ?
            """,
            [.text(instance.text), .integer(limit)]
        )
        var keys: [ObjectKey] = []
        for values in rows {
            var row = RowReader(.managedObjects, values, keyColumnCount: 2)
            keys.append(try row.objectKey())
        }
        return try objects(keys)
    }

    /// The root keys that the material of an instance's objects is under. Not authenticated.
    package func rootKeysOfMaterial(in instance: InstanceIdentifier) throws -> Set<RootKeyIdentifier> {
        let rows = try engine.rows(
            "SELECT DISTINCT root_key FROM managed_objects WHERE instance = ? AND wrapped_material IS NOT NULL",
            [.text(instance.text)]
        )
        var found: Set<RootKeyIdentifier> = []
        for values in rows {
            var row = RowReader(.managedObjects, values, keyColumnCount: 0)
            if let identifier = try row.optionalText() { found.insert(RootKeyIdentifier(identifier)) }
        }
        return found
    }

    /// When a key of the instance was last given out.
    package func lastRetrieval(in instance: InstanceIdentifier) throws -> Timestamp? {
        let rows = try engine.rows(
            "SELECT MAX(last_retrieved) FROM managed_objects WHERE instance = ?",
            [.text(instance.text)]
        )
        var row = RowReader(.managedObjects, rows.first ?? [], keyColumnCount: 0)
        return try row.optionalTime()
    }
}

extension WriteTransaction {
    /// Deletes an object with everything of it: for one that fails its authentication, and can't be destroyed as the
    /// others are because nobody can say what it was.
    package func deleteUnreadable(_ key: ObjectKey) throws {
        for table in [StoreTable.managedObjects, .objectAttributes, .objectNames] {
            try engine.execute(
                "DELETE FROM \(table.rawValue) WHERE instance = ? AND unique_identifier = ?",
                key.values
            )
        }
    }
}
