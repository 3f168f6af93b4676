internal import KeyModel

extension ServiceIdentity: AuthorityRecord {
    static var table: StoreTable { .serviceIdentities }
    static var columns: [String] { ["fingerprint", "name", "role", "status", "not_after"] }
    static var keyColumnCount: Int { 1 }

    var values: [StoreValue] {
        [.blob(fingerprint.bytes), .text(name), .text(role.rawValue), .text(status.rawValue), .time(notAfter)]
    }

    init(_ row: inout RowReader) throws(StoreError) {
        self.init(
            fingerprint: try row.required(CertificateFingerprint(try row.blob())),
            name: try row.text(),
            role: try row.required(ServiceRole(rawValue: try row.text())),
            status: try row.required(Status(rawValue: try row.text())),
            notAfter: try row.time()
        )
    }
}

extension Operator: AuthorityRecord {
    static var table: StoreTable { .operators }
    static var columns: [String] { ["fingerprint", "name", "roles", "status", "not_after"] }
    static var keyColumnCount: Int { 1 }

    var values: [StoreValue] {
        [.blob(fingerprint.bytes), .text(name), RoleSet.text(roles), .text(status.rawValue), .time(notAfter)]
    }

    init(_ row: inout RowReader) throws(StoreError) {
        self.init(
            fingerprint: try row.required(CertificateFingerprint(try row.blob())),
            name: try row.text(),
            roles: try row.required(RoleSet.roles(try row.text())),
            status: try row.required(Status(rawValue: try row.text())),
            notAfter: try row.time()
        )
    }
}
