internal import KeyModel

extension Instance: AuthorityRecord {
    static var table: StoreTable { .instances }
    static var columns: [String] { ["identifier", "name", "status", "partition_name", "root_key", "created"] }
    static var keyColumnCount: Int { 1 }

    var values: [StoreValue] {
        [
            .text(identifier.text), .text(name), .text(status.rawValue), .text(partition.text),
            .optional(rootKey?.text), .time(created),
        ]
    }

    init(_ row: inout RowReader) throws(StoreError) {
        self.init(
            identifier: InstanceIdentifier(try row.text()),
            name: try row.text(),
            status: try row.required(Status(rawValue: try row.text())),
            partition: try row.required(PartitionName(try row.text())),
            rootKey: try row.optionalText().map { RootKeyIdentifier($0) },
            created: try row.time()
        )
    }
}

extension ClientCertificate: AuthorityRecord {
    static var table: StoreTable { .clientCertificates }
    static var columns: [String] {
        ["fingerprint", "instance", "name", "der", "subject", "not_before", "not_after", "added"]
    }
    static var keyColumnCount: Int { 1 }

    var values: [StoreValue] {
        [
            .blob(fingerprint.bytes), .text(instance.text), .text(name), .blob(der), .text(subject),
            .time(notBefore), .time(notAfter), .time(added),
        ]
    }

    init(_ row: inout RowReader) throws(StoreError) {
        self.init(
            fingerprint: try row.required(CertificateFingerprint(try row.blob())),
            instance: InstanceIdentifier(try row.text()),
            name: try row.text(),
            der: try row.blob(),
            subject: try row.text(),
            notBefore: try row.time(),
            notAfter: try row.time(),
            added: try row.time()
        )
    }
}

extension ServiceAuthorization: AuthorityRecord {
    static var table: StoreTable { .serviceAuthorizations }
    static var columns: [String] { ["instance", "root_key", "roles"] }
    static var keyColumnCount: Int { 2 }

    var values: [StoreValue] {
        [.text(instance.text), .text(rootKey.text), RoleSet.text(roles)]
    }

    init(_ row: inout RowReader) throws(StoreError) {
        self.init(
            instance: InstanceIdentifier(try row.text()),
            rootKey: RootKeyIdentifier(try row.text()),
            roles: try row.required(RoleSet.roles(try row.text()))
        )
    }
}
