package import KeyModel

/// What the database finds for a filter.
package struct ObjectCandidates: Sendable {
    /// Newest first; objects of the same second by identifier. Every object that matches the filter is among them, as
    /// far as the limit reaches; others may be.
    package let objects: [ManagedObject]
    /// Objects that may match and fail their authentication.
    package let corrupted: [ObjectKey]
    /// Whether there are more than the limit: then what is found is not everything.
    package let isTruncated: Bool
}

extension ReadTransaction {
    /// The objects of an instance that may match a filter. The database narrows by identifier, type, algorithm,
    /// length, state and all attributes that are rows of their own (names, custom attributes); the caller applies
    /// `ObjectFilter.matches` after it has settled the objects' states.
    package func candidates(
        for filter: ObjectFilter,
        in instance: InstanceIdentifier,
        limit: Int
    ) throws -> ObjectCandidates {
        var conditions = CandidateConditions(instance: instance)
        // Names first: no other attribute selects as well.
        let groups = Dictionary(grouping: filter.attributes, by: \.name)
        for (name, patterns) in groups.sorted(by: { left, right in left.key == .name && right.key != .name }) {
            conditions.narrow(name, patterns)
        }
        if !filter.asksForState { conditions.leaveOutDestroyed() }
        if conditions.isImpossible { return ObjectCandidates(objects: [], corrupted: [], isTruncated: false) }
        let rows = try engine.rowsOnce(
            """
            SELECT \(ObjectRow.selection) FROM \(conditions.source) WHERE \(conditions.text) \
            ORDER BY r.initial_date DESC, r.unique_identifier LIMIT ?
            """,
            conditions.parameters + [.integer(limit + 1)]
        )
        let considered = Array(rows.prefix(limit))
        let found = try objects(rows: considered)
        var objects: [ManagedObject] = []
        var corrupted: [ObjectKey] = []
        for values in considered {
            var row = RowReader(.managedObjects, values, keyColumnCount: 2)
            let key = try row.objectKey()
            switch found[key] {
            case .success(let object)?: objects.append(object)
            case .failure(let error)? where error.code != .recordCorrupted: throw error
            case .failure?, nil: corrupted.append(key)
            }
        }
        return ObjectCandidates(objects: objects, corrupted: corrupted, isTruncated: rows.count > limit)
    }
}

/// The FROM and WHERE clauses of a search, as they grow. They may let too much through, never too little.
private struct CandidateConditions {
    /// The first attribute asked for leads: CROSS JOIN makes SQLite go from its matches to the objects, each by the
    /// primary key, and not through all objects of the instance.
    private(set) var source = "managed_objects r"
    private(set) var text = "r.instance = ?"
    private(set) var parameters: [StoreValue]
    /// Whether something is asked for that no object can have.
    private(set) var isImpossible = false
    private var isLed = false

    init(instance: InstanceIdentifier) {
        self.parameters = [.text(instance.text)]
        self.isImpossible = instance.text.utf8.contains(0)
    }

    mutating func narrow(_ name: AttributeName, _ patterns: [Attribute]) {
        // Two dates are a range (ObjectFilter), which no digest finds.
        if patterns.count == 2, patterns.allSatisfy({ if case .dateTime = $0.value { true } else { false } }) { return }
        for pattern in patterns {
            switch (name, pattern.value) {
            case (.uniqueIdentifier, .text(let identifier)):
                isImpossible = isImpossible || identifier.utf8.contains(0)
                add("r.unique_identifier = ?", [.text(identifier)])
            case (.objectType, .enumeration(let number)): add("r.object_type = ?", [.integer(number)])
            case (.cryptographicAlgorithm, .enumeration(let number)): add("r.algorithm = ?", [.integer(number)])
            case (.cryptographicLength, .integer(let bits)): add("r.length = ?", [.integer(Int64(bits))])
            case (.state, .enumeration(let number)): narrowState(number)
            default: narrowAttribute(pattern)
            }
        }
    }

    /// Time may have moved an object on from the state that was stored (`ManagedObject.settle(at:)`).
    private mutating func narrowState(_ number: UInt32) {
        guard let state = ObjectState(rawValue: number) else { return isImpossible = true }
        let stored: [ObjectState] =
            switch state {
            case .active: [.preActive, .active]
            case .deactivated: [.preActive, .active, .deactivated]
            case .preActive, .compromised, .destroyed, .destroyedCompromised: [state]
            }
        let marks = Array(repeating: "?", count: stored.count).joined(separator: ", ")
        add("r.state IN (\(marks))", stored.map { .integer($0.rawValue) })
    }

    /// No date brings an object there: the state that was stored is the state.
    mutating func leaveOutDestroyed() {
        let destroyed: [ObjectState] = [.destroyed, .destroyedCompromised]
        add("r.state NOT IN (?, ?)", destroyed.map { .integer($0.rawValue) })
    }

    private mutating func narrowAttribute(_ pattern: Attribute) {
        guard !Self.fields.contains(pattern.name) else { return }
        let digest = StoreValue.blob(AttributeRow(pattern).matchDigest)
        guard isLed else {
            isLed = true
            source = """
                (SELECT DISTINCT a.unique_identifier AS identifier FROM object_attributes a \
                WHERE a.instance = ? AND a.match_digest = ?) m CROSS JOIN managed_objects r
                """
            text += " AND r.unique_identifier = m.identifier"
            parameters = [parameters[0], digest] + parameters
            return
        }
        add(
            """
            EXISTS (SELECT 1 FROM object_attributes a WHERE a.instance = r.instance \
            AND a.match_digest = ? AND a.unique_identifier = r.unique_identifier)
            """,
            [digest]
        )
    }

    private mutating func add(_ condition: String, _ values: [StoreValue]) {
        text += " AND " + condition
        parameters += values
    }

    /// Attributes that are columns of the object and no rows of `object_attributes`: see
    /// `ManagedObject.allAttributes`.
    private static let fields: Set<AttributeName> = [
        .uniqueIdentifier, .objectType, .cryptographicAlgorithm, .cryptographicLength, .digest,
        .cryptographicUsageMask, .state, .initialDate, .activationDate, .processStartDate, .protectStopDate,
        .deactivationDate, .destroyDate, .compromiseOccurrenceDate, .compromiseDate, .lastChangeDate,
        .originalCreationDate, .revocationReason,
    ]
}
