package import KeyModel

private let selection = "instance, step, operator, checked, mac"

extension ReadTransaction {
    /// The steps of an instance's removal that are checked off, without the operators' names.
    package func removalChecks(of instance: InstanceIdentifier) throws -> [RemovalCheck] {
        let rows = try engine.rows(
            "SELECT \(selection) FROM removal_checks WHERE instance = ? ORDER BY step",
            [.text(instance.text)]
        )
        return try rows.map { values in
            var row = RowReader(.removalChecks, values, keyColumnCount: 2)
            guard case .blob(let mac)? = values.last,
                try authenticator.verifies(mac, .removalChecks, Array(values.dropLast()))
            else { throw row.corrupted }
            _ = try row.text()
            return RemovalCheck(
                step: try row.required(RemovalStep(rawValue: try row.text())),
                operator: try row.required(CertificateFingerprint(try row.blob())),
                operatorName: nil,
                time: try row.time()
            )
        }
    }
}

extension WriteTransaction {
    /// Checks a step off; one that is checked off already is so anew.
    package func write(_ check: RemovalCheck, of instance: InstanceIdentifier) throws {
        let values: [StoreValue] = [
            .text(instance.text), .text(check.step.rawValue), .blob(check.operator.bytes), .time(check.time),
        ]
        try engine.execute(
            """
            INSERT INTO removal_checks (\(selection)) VALUES (?, ?, ?, ?, ?) ON CONFLICT (instance, step) \
            DO UPDATE SET operator = excluded.operator, checked = excluded.checked, mac = excluded.mac
            """,
            values + [.blob(try authenticator.mac(.removalChecks, values))]
        )
    }

    package func deleteRemovalCheck(_ step: RemovalStep, of instance: InstanceIdentifier) throws {
        try engine.execute(
            "DELETE FROM removal_checks WHERE instance = ? AND step = ?",
            [.text(instance.text), .text(step.rawValue)]
        )
    }

    /// Forgets the checks of instances that are gone.
    package func pruneRemovalChecks() throws {
        try engine.execute(
            "DELETE FROM removal_checks WHERE instance NOT IN (SELECT identifier FROM instances)",
            []
        )
    }
}
