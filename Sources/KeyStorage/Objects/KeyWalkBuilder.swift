internal import KeyModel

/// Makes the walks of one search.
struct KeyWalkBuilder {
    let search: KeySearch
    let instance: InstanceIdentifier
    let now: Timestamp
    let limit: Int

    func byDate() -> KeyWalk {
        walk(where: dated("r.initial_date"), filters: [attributes, retrieval], order: "r.initial_date")
    }

    /// Records whose date is none: they come last, and are not authentic. Text is above every number for SQLite.
    func withoutDate() -> [KeyWalk] {
        ["r.initial_date IS NULL", "r.initial_date > \(Int64.max)"].map { condition in
            var conditions = SQLCondition(condition)
            if let after = search.after, after.created.secondsSince1970 == .min {
                conditions.add("r.unique_identifier > ?", [.text(after.identifier.text)])
            }
            return walk(where: conditions, filters: [], order: nil)
        }
    }

    func byState(_ state: EffectiveState) -> KeyWalk {
        // The sign keeps SQLite from walking by this date where another one selects.
        let date = state.isDue ? "+r.initial_date" : "r.initial_date"
        var conditions = SQLCondition(state.text, state.parameters(at: now))
        conditions.add(dated(date))
        return walk(where: conditions, filters: [attributes, retrieval], order: date)
    }

    /// All that have the attribute are looked at: nothing needs to be cut off.
    func byAttribute(_ digest: [UInt8]) -> KeyWalk {
        var conditions = SQLCondition("r.unique_identifier = m.identifier")
        conditions.add(dated("+r.initial_date"))
        for filter in [attributes, states, retrieval] { conditions.add(filter) }
        return walk(
            from: SQLCondition(
                """
                (SELECT DISTINCT a.unique_identifier AS identifier FROM object_attributes a \
                WHERE a.instance = ? AND a.match_digest = ?) m CROSS JOIN managed_objects r
                """,
                [.text(instance.text), .blob(digest)]
            ),
            where: conditions,
            filters: [],
            order: "+r.initial_date"
        )
    }

    func byIdentifier(_ prefix: String) -> KeyWalk {
        // Above every text that begins so: no character is above the last one.
        var conditions = SQLCondition(
            "r.unique_identifier >= ? AND r.unique_identifier <= ?",
            [.text(prefix), .text(prefix + "\u{10FFFF}")]
        )
        if let after = search.after { conditions.add("r.unique_identifier > ?", [.text(after.identifier.text)]) }
        let created =
            search.createdFrom == nil && search.createdBefore == nil ? SQLCondition() : range("r.initial_date")
        return walk(where: conditions, filters: [attributes, states, retrieval, created], order: nil)
    }

    /// - Parameters:
    ///   - filters: what no index answers: it is said of each key whether it fits, and so many are looked at at most.
    ///   - order: the date; nil for the identifier alone.
    private func walk(
        from source: SQLCondition = SQLCondition("managed_objects r"),
        where conditions: SQLCondition,
        filters: [SQLCondition],
        order: String?
    ) -> KeyWalk {
        var filter = SQLCondition()
        for one in filters { filter.add(one) }
        let isFiltered = !filter.text.isEmpty
        let most = isFiltered ? KeyWalkPlan.mostLookedAt : limit + 1
        let fits = isFiltered ? "CASE WHEN \(filter.text) THEN 1 ELSE 0 END" : "1"
        return KeyWalk(
            statement: """
                SELECT r.unique_identifier, r.initial_date, \(fits) FROM \(source.text) \
                WHERE r.instance = ? AND \(conditions.text) \
                ORDER BY \(order.map { $0 + " DESC, " } ?? "")r.unique_identifier LIMIT ?
                """,
            parameters: filter.parameters + source.parameters + [.text(instance.text)] + conditions.parameters
                + [.integer(most)],
            limit: most
        )
    }

    /// Within the dates asked for, and behind where the last part ended.
    private func dated(_ date: String) -> SQLCondition {
        var conditions = range(date)
        if let after = search.after {
            conditions.add("\(date) <= ?", [.time(after.created)])
            conditions.add(
                "(\(date) < ? OR r.unique_identifier > ?)",
                [.time(after.created), .text(after.identifier.text)]
            )
        }
        return conditions
    }

    private func range(_ date: String) -> SQLCondition {
        let latest = search.createdBefore.map { $0.advanced(bySeconds: -1) }
        return SQLCondition(
            "\(date) >= ? AND \(date) <= ?",
            [.integer(search.createdFrom?.secondsSince1970 ?? .min), .integer(latest?.secondsSince1970 ?? .max)]
        )
    }

    private var attributes: SQLCondition {
        var conditions = SQLCondition()
        for attribute in search.attributes {
            conditions.add(
                """
                EXISTS (SELECT 1 FROM object_attributes a WHERE a.instance = r.instance \
                AND a.match_digest = ? AND a.unique_identifier = r.unique_identifier)
                """,
                [.blob(AttributeRow(attribute).matchDigest)]
            )
        }
        return conditions
    }

    private var states: SQLCondition {
        let all = EffectiveState.conditions(search.states)
        guard !all.isEmpty else { return SQLCondition() }
        return SQLCondition(
            "(" + all.map { "(\($0.text))" }.joined(separator: " OR ") + ")",
            all.flatMap { $0.parameters(at: now) }
        )
    }

    private var retrieval: SQLCondition {
        switch search.retrieval {
        case nil: SQLCondition()
        case .never?: SQLCondition("r.last_retrieved IS NULL")
        case .notSince(let moment)?:
            SQLCondition("(r.last_retrieved IS NULL OR r.last_retrieved < ?)", [.time(moment)])
        }
    }
}

/// A part of a statement with the values of its `?`.
struct SQLCondition {
    private(set) var text: String
    private(set) var parameters: [StoreValue]

    init(_ text: String = "", _ parameters: [StoreValue] = []) {
        self.text = text
        self.parameters = parameters
    }

    mutating func add(_ text: String, _ parameters: [StoreValue]) {
        guard !text.isEmpty else { return }
        self.text += (self.text.isEmpty ? "" : " AND ") + text
        self.parameters += parameters
    }

    mutating func add(_ other: SQLCondition) {
        add(other.text, other.parameters)
    }
}
