internal import KeyModel

/// When a client certificate ends by an operator's decision, as a row of its own: rows of `client_certificates`, and their
/// MACs, are as they were before there was such an end.
struct CertificateEnd: Hashable {
    let fingerprint: CertificateFingerprint
    let validUntil: Timestamp

    /// Nil for a certificate that ends with its own date.
    init?(_ certificate: ClientCertificate) {
        guard let end = certificate.validUntil else { return nil }
        fingerprint = certificate.fingerprint
        validUntil = end
    }
}

extension CertificateEnd: AuthorityRecord {
    static var table: StoreTable { .certificateEnds }
    static var columns: [String] { ["fingerprint", "valid_until"] }
    static var keyColumnCount: Int { 1 }

    var values: [StoreValue] { [.blob(fingerprint.bytes), .time(validUntil)] }

    init(_ row: inout RowReader) throws(StoreError) {
        fingerprint = try row.required(CertificateFingerprint(try row.blob()))
        validUntil = try row.time()
    }
}
