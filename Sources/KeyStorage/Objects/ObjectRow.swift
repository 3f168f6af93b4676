internal import KeyModel

/// Rows of `managed_objects` and the managed objects that they are.
enum ObjectRow {
    static let keyColumns = ["instance", "unique_identifier"]

    /// What an update writes, and the MAC covers behind the key.
    static let contentColumns = [
        "object_type", "algorithm", "length", "usage_mask", "digest", "state",
        "initial_date", "activation_date", "process_start_date", "protect_stop_date", "deactivation_date",
        "destroy_date", "compromise_occurrence_date", "compromise_date", "last_change_date",
        "revocation_reason", "revocation_message",
        "wrapped_material", "true_length", "root_key", "root_key_version", "revision",
    ]

    /// Every column that a read needs, of a table that the statement calls `r`.
    static let selection = (keyColumns + contentColumns + ["mac"]).map { "r." + $0 }.joined(separator: ", ")

    /// Where a row of `selection` has the version of the root key.
    static let rootKeyVersionColumn = (keyColumns + contentColumns).firstIndex(of: "root_key_version") ?? 0

    static func contentValues(_ object: ManagedObject) -> [StoreValue] {
        let dates = object.dates
        return [
            .integer(object.objectType.rawValue), .integer(object.algorithm.rawValue), .integer(object.length),
            .integer(object.usageMask.rawValue), .blob(object.digest), .integer(object.state.rawValue),
            .time(dates.initial), .time(dates.activation), .time(dates.processStart), .time(dates.protectStop),
            .time(dates.deactivation), .time(dates.destroy), .time(dates.compromiseOccurrence),
            .time(dates.compromise), .time(dates.lastChange),
            object.revocationReason.map { .integer($0.code.rawValue) } ?? .null,
            .optional(object.revocationReason?.message.map { Array($0.utf8) }),
            .optional(object.material?.blob), object.material.map { .integer($0.trueLength) } ?? .null,
            .optional(object.material?.rootKey.text),
            object.material.map { .integer($0.rootKeyVersion) } ?? .null,
            .integer(object.revision),
        ]
    }

    /// What the MAC of an object is over: key, content, and its attributes in order.
    static func authenticated(_ row: some Sequence<StoreValue>, _ attributes: [AttributeRow]) -> [StoreValue] {
        var values = Array(row)
        values.append(.integer(attributes.count))
        for attribute in attributes.sorted(by: AttributeRow.isInOrder) {
            values.append(.blob(attribute.name))
            values.append(.integer(attribute.index))
            values.append(.blob(attribute.value))
        }
        return values
    }

    /// Checks the MAC of a row of `selection`, and reads it.
    static func object(
        _ values: [StoreValue],
        attributes: [AttributeRow],
        authenticator: RecordAuthenticator
    ) throws(StoreError) -> ManagedObject {
        var row = RowReader(.managedObjects, values, keyColumnCount: keyColumns.count)
        guard case .blob(let mac)? = values.last,
            try authenticator.verifies(mac, .managedObjects, authenticated(values.dropLast(), attributes))
        else { throw row.corrupted }
        return try decode(&row, attributes)
    }

    private static func decode(
        _ row: inout RowReader,
        _ attributes: [AttributeRow]
    ) throws(StoreError) -> ManagedObject {
        let instance = InstanceIdentifier(try row.text())
        let identifier = UniqueIdentifier(try row.text())
        let objectType = ObjectType(rawValue: try row.uint32())
        let algorithm = KeyAlgorithm(rawValue: try row.uint32())
        let length = try row.int()
        let usageMask = UsageMask(rawValue: try row.uint32())
        let digest = try row.blob()
        let state = try row.required(ObjectState(rawValue: try row.uint32()))
        let dates = try dates(&row)
        let revocationReason = try revocationReason(&row)
        let material = try material(&row)
        var list: [Attribute] = []
        for attribute in attributes.sorted(by: AttributeRow.isInOrder) {
            list.append(try row.required(attribute.attribute))
        }
        return ManagedObject(
            stored: ManagedObject.StoredFields(
                identifier: identifier,
                instance: instance,
                objectType: objectType,
                algorithm: algorithm,
                length: length,
                usageMask: usageMask,
                digest: digest,
                material: material,
                state: state,
                dates: dates,
                revocationReason: revocationReason,
                attributes: list,
                revision: try row.integer()
            )
        )
    }

    private static func dates(_ row: inout RowReader) throws(StoreError) -> ObjectDates {
        var dates = ObjectDates()
        dates.initial = try row.optionalTime()
        dates.activation = try row.optionalTime()
        dates.processStart = try row.optionalTime()
        dates.protectStop = try row.optionalTime()
        dates.deactivation = try row.optionalTime()
        dates.destroy = try row.optionalTime()
        dates.compromiseOccurrence = try row.optionalTime()
        dates.compromise = try row.optionalTime()
        dates.lastChange = try row.optionalTime()
        return dates
    }

    private static func revocationReason(_ row: inout RowReader) throws(StoreError) -> RevocationReason? {
        let code = try row.optionalInteger()
        let message = try row.optionalBlob()
        guard let code else { return nil }
        let number = try row.required(UInt32(exactly: code))
        var text: String?
        if let message { text = try row.required(String(validating: message, as: UTF8.self)) }
        return RevocationReason(code: RevocationReason.Code(rawValue: number), message: text)
    }

    private static func material(_ row: inout RowReader) throws(StoreError) -> WrappedKeyMaterial? {
        let blob = try row.optionalBlob()
        let trueLength = try row.optionalInteger()
        let rootKey = try row.optionalText()
        let version = try row.optionalInteger()
        guard let blob else { return nil }
        return WrappedKeyMaterial(
            blob: blob,
            trueLength: try row.required(trueLength.flatMap { Int(exactly: $0) }),
            rootKey: RootKeyIdentifier(try row.required(rootKey)),
            rootKeyVersion: try row.required(version.flatMap { Int(exactly: $0) })
        )
    }
}
