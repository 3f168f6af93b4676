package import KeyModel

/// Client certificates that were shown and refused. They are outside the authority, not authenticated, and bounded: what a
/// stranger can have written must not fill the store.
extension WriteTransaction {
    /// So many are kept; of more, those that were shown last.
    package static let mostRefusedCertificates = 256
    /// So long is one kept that is not shown again, in seconds.
    package static let refusedCertificateRetention: Int64 = 7 * 86_400

    /// Notes certificates that were refused since the last time, each with the attempts since then.
    package func markRefused(_ refused: some Collection<PendingCertificate>) throws {
        guard !refused.isEmpty else { return }
        for certificate in refused {
            try engine.execute(
                """
                INSERT INTO refused_certificates (fingerprint, der, address, first_seen, last_seen, attempts) \
                VALUES (?, ?, ?, ?, ?, ?) \
                ON CONFLICT (fingerprint) DO UPDATE SET der = excluded.der, address = excluded.address, \
                last_seen = excluded.last_seen, attempts = refused_certificates.attempts + excluded.attempts
                """,
                [
                    .blob(certificate.fingerprint.bytes), .blob(certificate.der), .text(certificate.address),
                    .time(certificate.firstSeen), .time(certificate.lastSeen), .integer(certificate.attempts),
                ]
            )
        }
        try engine.execute(
            """
            DELETE FROM refused_certificates WHERE fingerprint NOT IN (SELECT fingerprint FROM refused_certificates \
            ORDER BY last_seen DESC, fingerprint LIMIT ?)
            """,
            [.integer(Self.mostRefusedCertificates)]
        )
    }

    /// Forgets refused certificates that are registered now or were not shown for long, and when certificates were last
    /// used that are not registered any more.
    package func pruneCertificateNotes(at now: Timestamp) throws {
        try engine.execute(
            """
            DELETE FROM refused_certificates WHERE last_seen < ? \
            OR fingerprint IN (SELECT fingerprint FROM client_certificates)
            """,
            [.time(now.advanced(bySeconds: -Self.refusedCertificateRetention))]
        )
        try engine.execute(
            "DELETE FROM certificate_sightings WHERE fingerprint NOT IN (SELECT fingerprint FROM client_certificates)",
            []
        )
    }
}

extension ReadTransaction {
    /// All refused certificates that are not registered, those that were shown last first.
    package func refusedCertificates() throws -> [PendingCertificate] {
        try rowsOfRefused("fingerprint NOT IN (SELECT fingerprint FROM client_certificates)", [])
    }

    /// The refused certificate of that fingerprint. Whoever uses its DER must hash it.
    package func refusedCertificate(_ fingerprint: CertificateFingerprint) throws -> PendingCertificate? {
        try rowsOfRefused("fingerprint = ?", [.blob(fingerprint.bytes)]).first
    }

    private func rowsOfRefused(_ condition: String, _ parameters: [StoreValue]) throws -> [PendingCertificate] {
        let statement = """
            SELECT fingerprint, der, address, first_seen, last_seen, attempts FROM refused_certificates \
            WHERE \(condition) ORDER BY last_seen DESC, fingerprint
            """
        return try engine.rows(statement, parameters).map { values in
            var row = RowReader(.refusedCertificates, values, keyColumnCount: 1)
            return PendingCertificate(
                fingerprint: try row.required(CertificateFingerprint(try row.blob())),
                der: try row.blob(),
                address: try row.text(),
                firstSeen: try row.time(),
                lastSeen: try row.time(),
                attempts: try row.int()
            )
        }
    }
}
