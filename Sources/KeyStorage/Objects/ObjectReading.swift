package import KeyModel

extension ReadTransaction {
    /// The objects with these keys: one query for all of them, and one for their attributes, up to 256 keys at a time.
    ///
    /// Keys that there is no object for are left out. An object that fails its authentication is `recordCorrupted`,
    /// and the others are not affected.
    package func objects(_ wanted: some Collection<ObjectKey>) throws -> [ObjectKey: Result<ManagedObject, StoreError>]
    {
        // Identifiers come from clients. One that no text column can hold has no object.
        let keys = Set(wanted).filter { !$0.identifier.text.utf8.contains(0) && !$0.instance.text.utf8.contains(0) }
        let pairs = keys.map { (StoreValue.text($0.instance.text), StoreValue.text($0.identifier.text)) }
        let rows = try objectLookup.rows(ObjectRow.selection, of: .managedObjects, keys: pairs, in: engine)
        return try objects(rows: rows)
    }

    /// How many objects of an instance there are in each state; states without any are left out. Dates that have
    /// passed since an object was last written do not count, and nothing here is authenticated: it is for people.
    package func objectCounts(in instance: InstanceIdentifier) throws -> [ObjectState: Int] {
        let rows = try engine.rows(
            "SELECT state, COUNT(*) FROM managed_objects WHERE instance = ? GROUP BY state",
            [.text(instance.text)]
        )
        var counts: [ObjectState: Int] = [:]
        for values in rows {
            var row = RowReader(.managedObjects, values, keyColumnCount: 1)
            let state = try row.required(ObjectState(rawValue: try row.uint32()))
            counts[state] = try row.int()
        }
        return counts
    }

    /// When keys were last given out; those that never were are left out.
    package func lastRetrievals(_ wanted: some Collection<ObjectKey>) throws -> [ObjectKey: Timestamp] {
        let keys = Set(wanted).filter { !$0.identifier.text.utf8.contains(0) }
        let rows = try objectLookup.rows(
            "r.instance, r.unique_identifier, r.last_retrieved",
            of: .managedObjects,
            keys: keys.map { (.text($0.instance.text), .text($0.identifier.text)) },
            in: engine
        )
        var times: [ObjectKey: Timestamp] = [:]
        for values in rows {
            var row = RowReader(.managedObjects, values, keyColumnCount: 2)
            let key = try row.objectKey()
            times[key] = try row.optionalTime()
        }
        return times
    }
}

extension ReadTransaction {
    var objectLookup: WantedRows { WantedRows(columns: ("instance", "unique_identifier")) }

    /// Reads rows of `ObjectRow.selection` with their attributes, and checks them.
    func objects(rows: [[StoreValue]]) throws -> [ObjectKey: Result<ManagedObject, StoreError>] {
        var keyed: [(ObjectKey, [StoreValue])] = []
        for values in rows {
            var row = RowReader(.managedObjects, values, keyColumnCount: 2)
            keyed.append((try row.objectKey(), values))
        }
        let attributes = try attributeRows(keyed.map(\.0))
        var found: [ObjectKey: Result<ManagedObject, StoreError>] = [:]
        for (key, values) in keyed {
            found[key] = Result { () throws(StoreError) -> ManagedObject in
                try ObjectRow.object(values, attributes: attributes[key] ?? [], authenticator: authenticator)
            }
        }
        return found
    }

    /// The attribute rows of objects, not yet authenticated.
    func attributeRows(_ keys: [ObjectKey]) throws -> [ObjectKey: [AttributeRow]] {
        let rows = try objectLookup.rows(
            "r.instance, r.unique_identifier, r.name, r.attribute_index, r.value",
            of: .objectAttributes,
            keys: keys.map { (.text($0.instance.text), .text($0.identifier.text)) },
            in: engine
        )
        var found: [ObjectKey: [AttributeRow]] = [:]
        for values in rows {
            var row = RowReader(.objectAttributes, values, keyColumnCount: 2)
            let key = try row.objectKey()
            // A row that can't be read must spoil its own object only: the MAC will not be right without it.
            guard let name = try? row.blob(), let index = try? row.integer(), let value = try? row.blob() else {
                found[key, default: []].append(AttributeRow(name: [], index: 0, value: []))
                continue
            }
            found[key, default: []].append(AttributeRow(name: name, index: index, value: value))
        }
        return found
    }
}

extension RowReader {
    mutating func objectKey() throws(StoreError) -> ObjectKey {
        ObjectKey(instance: InstanceIdentifier(try text()), identifier: UniqueIdentifier(try text()))
    }
}
