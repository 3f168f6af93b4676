package import KeyModel

extension ReadTransaction {
    /// The generation of the authority, authenticated; 0 for a store that has none yet. One short query.
    package func authorityGeneration() throws -> UInt64 {
        try authorityState()?.generation ?? 0
    }

    /// Everything that decides who may do what, with every row and the whole set authenticated. Generation 0, and
    /// nothing in it, for a store that has no authority yet.
    ///
    /// The caller compares its anchored generation with the token's anchor: a lower one means that an older database was
    /// put back.
    package func authority() throws -> Authority {
        let state = try authorityState()
        var authority = Authority(generation: state?.generation ?? 0)
        authority.anchoredGeneration = state?.anchoredGeneration ?? 0
        var macs: [[UInt8]] = []
        authority.instances = try records(&macs)
        authority.certificates = try certificates(&macs)
        authority.rootKeys = try records(&macs)
        authority.rootKeyVersions = try records(&macs)
        authority.ticketKeys = try records(&macs)
        authority.authorizations = try records(&macs)
        authority.services = try records(&macs)
        authority.operators = try records(&macs)
        let isWhole = state.map { $0.setDigest == AuthorityState.setDigest(macs: macs) } ?? macs.isEmpty
        guard isWhole else {
            throw StoreError(.recordCorrupted, table: .authorityState, key: "1", cause: "set digest")
        }
        return authority
    }

    /// When client certificates were last used; those that never were are left out.
    package func certificateSightings() throws -> [CertificateFingerprint: Timestamp] {
        let rows = try engine.rows("SELECT fingerprint, last_seen FROM certificate_sightings", [])
        var times: [CertificateFingerprint: Timestamp] = [:]
        for values in rows {
            var row = RowReader(.certificateSightings, values, keyColumnCount: 1)
            let fingerprint = try row.required(CertificateFingerprint(try row.blob()))
            times[fingerprint] = try row.time()
        }
        return times
    }
}

extension ReadTransaction {
    /// The certificates with their ends. An end of a certificate that is not there was not written by this software.
    private func certificates(_ macs: inout [[UInt8]]) throws -> [ClientCertificate] {
        let certificates: [ClientCertificate] = try records(&macs)
        let ends: [CertificateEnd] = try records(&macs)
        guard !ends.isEmpty else { return certificates }
        var times = Dictionary(ends.map { ($0.fingerprint, $0.validUntil) }) { first, _ in first }
        let ended = certificates.map { certificate in
            let time = times.removeValue(forKey: certificate.fingerprint)
            return time == nil ? certificate : certificate.with(name: certificate.name, validUntil: time)
        }
        if let stray = times.keys.first {
            throw StoreError(.recordCorrupted, table: .certificateEnds, key: stray.description)
        }
        return ended
    }

    func authorityState() throws -> AuthorityState? {
        let rows = try engine.rows("SELECT \(AuthorityState.columns) FROM authority_state", [])
        guard rows.count <= 1 else {
            throw StoreError(.recordCorrupted, table: .authorityState, cause: "more than one row")
        }
        return try rows.first.map { try AuthorityState($0, authenticator: authenticator) }
    }

    /// All rows of a table, each authenticated, and their MACs.
    private func records<Record: AuthorityRecord>(_ macs: inout [[UInt8]]) throws -> [Record] {
        try engine.rows(Record.selectStatement, []).map { values in
            var row = RowReader(Record.table, values, keyColumnCount: Record.keyColumnCount)
            guard case .blob(let mac)? = values.last,
                try authenticator.verifies(mac, Record.table, Array(values.dropLast()))
            else { throw row.corrupted }
            macs.append(mac)
            return try Record(&row)
        }
    }
}
