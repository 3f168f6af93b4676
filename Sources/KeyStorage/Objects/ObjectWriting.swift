package import KeyModel

extension WriteTransaction {
    /// Adds an object with its attributes and names. It happens as a whole or not at all.
    ///
    /// - Throws: `nameNotUnique`; `alreadyExists` for an identifier that the instance has.
    package func insert(_ object: ManagedObject) throws {
        let attributes = object.attributes.map { AttributeRow($0) }
        let row = ObjectKey(object).values + ObjectRow.contentValues(object)
        let mac = try authenticator.mac(.managedObjects, ObjectRow.authenticated(row, attributes))
        try atomically {
            guard try engine.execute(Self.insertObject, row + [.blob(mac)]) == 1 else {
                throw error(.alreadyExists, object)
            }
            for attribute in attributes {
                try insert(attribute, of: object)
            }
            for name in ObjectName.digests(of: object) {
                try takeName(name, for: object)
            }
        }
    }

    /// Writes an object that was read at `previousRevision`, and gives it the revision after that. What is no longer
    /// in it (wrapped material, names of a destroyed object, attributes) is deleted. It happens as a whole or not at
    /// all.
    ///
    /// - Returns: the object with its new revision, which the next update builds upon.
    /// - Throws: `conflict` where the object has another revision by now, or is gone; `nameNotUnique`.
    @discardableResult
    package func update(_ object: ManagedObject, previousRevision: Int64) throws -> ManagedObject {
        var next = object
        next.revision = previousRevision + 1
        let key = ObjectKey(object)
        let attributes = next.attributes.map { AttributeRow($0) }
        let content = ObjectRow.contentValues(next)
        let mac = try authenticator.mac(.managedObjects, ObjectRow.authenticated(key.values + content, attributes))
        try atomically {
            let parameters = content + [.blob(mac)] + key.values + [.integer(previousRevision)]
            guard try engine.execute(Self.updateObject, parameters) == 1 else { throw error(.conflict, object) }
            try replaceAttributes(of: next, by: attributes)
            try replaceNames(of: next)
        }
        return next
    }

    /// Notes that keys were given out. This touches neither MAC nor revision, and never moves a time backwards.
    package func markRetrieved(_ keys: some Collection<ObjectKey>, at now: Timestamp) throws {
        for key in Set(keys) {
            try engine.execute(
                """
                UPDATE managed_objects SET last_retrieved = ? WHERE instance = ? AND unique_identifier = ? \
                AND (last_retrieved IS NULL OR last_retrieved < ?)
                """,
                [.time(now)] + key.values + [.time(now)]
            )
        }
    }
}

extension WriteTransaction {
    private static let insertObject: String = {
        let columns = ObjectRow.keyColumns + ObjectRow.contentColumns + ["mac"]
        let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        return
            "INSERT INTO managed_objects (\(columns.joined(separator: ", "))) VALUES (\(marks)) ON CONFLICT DO NOTHING"
    }()

    static let updateObject: String = {
        let assignments = (ObjectRow.contentColumns + ["mac"]).map { $0 + " = ?" }.joined(separator: ", ")
        return "UPDATE managed_objects SET \(assignments) WHERE instance = ? AND unique_identifier = ? AND revision = ?"
    }()

    private func error(_ code: StoreError.Code, _ object: ManagedObject) -> StoreError {
        StoreError(code, table: .managedObjects, key: "\(object.instance)/\(object.identifier)")
    }

    private func insert(_ attribute: AttributeRow, of object: ManagedObject) throws {
        let changed = try engine.execute(
            """
            INSERT INTO object_attributes (instance, unique_identifier, name, attribute_index, value, match_digest) \
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            ObjectKey(object).values + [
                .blob(attribute.name), .integer(attribute.index), .blob(attribute.value),
                .blob(attribute.matchDigest),
            ]
        )
        guard changed == 1 else { throw StoreError(.alreadyExists, table: .objectAttributes) }
    }

    /// Writes the differences only: most updates change a state and no attribute.
    private func replaceAttributes(of object: ManagedObject, by rows: [AttributeRow]) throws {
        let key = ObjectKey(object)
        let wanted = Set(rows)
        let present = try Set(attributeRows([key])[key] ?? [])
        for row in present.subtracting(wanted) {
            try engine.execute(
                """
                DELETE FROM object_attributes \
                WHERE instance = ? AND unique_identifier = ? AND name = ? AND attribute_index = ?
                """,
                key.values + [.blob(row.name), .integer(row.index)]
            )
        }
        for row in wanted.subtracting(present) {
            try insert(row, of: object)
        }
    }

    private func replaceNames(of object: ManagedObject) throws {
        let key = ObjectKey(object)
        let wanted = ObjectName.digests(of: object)
        let rows = try engine.rows(
            "SELECT name_digest FROM object_names WHERE instance = ? AND unique_identifier = ?",
            key.values
        )
        var present: Set<[UInt8]> = []
        for values in rows {
            var row = RowReader(.objectNames, values, keyColumnCount: 1)
            present.insert(try row.blob())
        }
        for digest in present.subtracting(wanted) {
            try engine.execute(
                "DELETE FROM object_names WHERE instance = ? AND name_digest = ? AND unique_identifier = ?",
                [.text(key.instance.text), .blob(digest), .text(key.identifier.text)]
            )
        }
        for digest in wanted.subtracting(present) {
            try takeName(digest, for: object)
        }
    }

    private func takeName(_ digest: [UInt8], for object: ManagedObject) throws {
        let changed = try engine.execute(
            """
            INSERT INTO object_names (instance, name_digest, unique_identifier) VALUES (?, ?, ?) \
            ON CONFLICT DO NOTHING
            """,
            [.text(object.instance.text), .blob(digest), .text(object.identifier.text)]
        )
        guard changed == 1 else { throw error(.nameNotUnique, object) }
    }
}
