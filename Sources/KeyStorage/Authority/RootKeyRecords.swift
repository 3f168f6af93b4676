internal import KeyModel

extension RootKey: AuthorityRecord {
    static var table: StoreTable { .rootKeys }
    static var columns: [String] { ["identifier", "name", "partition_name", "status", "created"] }
    static var keyColumnCount: Int { 1 }

    var values: [StoreValue] {
        [.text(identifier.text), .text(name), .text(partition.text), .text(status.rawValue), .time(created)]
    }

    init(_ row: inout RowReader) throws(StoreError) {
        self.init(
            identifier: RootKeyIdentifier(try row.text()),
            name: try row.text(),
            partition: try row.required(PartitionName(try row.text())),
            status: try row.required(Status(rawValue: try row.text())),
            created: try row.time()
        )
    }
}

extension RootKeyVersion: AuthorityRecord {
    static var table: StoreTable { .rootKeyVersions }
    static var columns: [String] { ["root_key", "version", "status", "token_key_id", "canary", "created"] }
    static var keyColumnCount: Int { 2 }

    var values: [StoreValue] {
        [
            .text(rootKey.text), .integer(version), .text(status.rawValue), .blob(tokenKeyID), .blob(canary),
            .time(created),
        ]
    }

    init(_ row: inout RowReader) throws(StoreError) {
        self.init(
            rootKey: RootKeyIdentifier(try row.text()),
            version: try row.int(),
            status: try row.required(Status(rawValue: try row.text())),
            tokenKeyID: try row.blob(),
            canary: try row.blob(),
            created: try row.time()
        )
    }
}

extension TicketKey: AuthorityRecord {
    static var table: StoreTable { .ticketKeys }
    static var columns: [String] { ["token_key_id", "partition_name", "status", "certificate", "created"] }
    static var keyColumnCount: Int { 1 }

    var values: [StoreValue] {
        [.blob(tokenKeyID), .text(partition.text), .text(status.rawValue), .blob(certificate), .time(created)]
    }

    init(_ row: inout RowReader) throws(StoreError) {
        self.init(
            tokenKeyID: try row.blob(),
            partition: try row.required(PartitionName(try row.text())),
            status: try row.required(Status(rawValue: try row.text())),
            certificate: try row.blob(),
            created: try row.time()
        )
    }
}
