package import KeyModel

extension WriteTransaction {
    /// Makes the next generation of the authority: writes what differs between `from` and `to`, and the new set digest
    /// and generation. It happens as a whole or not at all.
    ///
    /// - Parameter from: what this store's `authority()` gave; `Authority(generation: 0)` for a new store.
    /// - Parameter to: what is to hold; its generations do not count.
    /// - Parameter floor: a generation that the new one must be above, whatever `from` has: that of a token's anchor, when
    ///   an older store is put back on purpose. The new one is then to be anchored, whatever it changes.
    /// - Returns: `to` at its new generation. The caller raises the token's anchor to its anchored generation.
    /// - Throws: `conflict` where the store is not at the generation of `from`; `alreadyExists` where a key or a name
    ///   that must be unique is not.
    package func changeAuthority(from: Authority, to: Authority, above floor: UInt64? = nil) throws -> Authority {
        var next = to
        next.generation = max(from.generation, floor ?? 0) + 1
        let changesTicketKeysAlone = floor == nil && to.differsInTicketKeysAlone(from: from)
        next.anchoredGeneration = changesTicketKeysAlone ? from.anchoredGeneration : next.generation
        try atomically {
            var macs: [[UInt8]] = []
            try replace(from.instances, by: to.instances, &macs)
            try replace(from.certificates, by: to.certificates, &macs)
            try replace(
                from.certificates.compactMap(CertificateEnd.init),
                by: to.certificates.compactMap(CertificateEnd.init),
                &macs
            )
            try replace(from.rootKeys, by: to.rootKeys, &macs)
            try replace(from.rootKeyVersions, by: to.rootKeyVersions, &macs)
            try replace(from.ticketKeys, by: to.ticketKeys, &macs)
            try replace(from.authorizations, by: to.authorizations, &macs)
            try replace(from.services, by: to.services, &macs)
            try replace(from.operators, by: to.operators, &macs)
            let digest = AuthorityState.setDigest(macs: macs)
            try write(AuthorityState(next, setDigest: digest), over: from.generation)
        }
        return next
    }

    /// Throws `conflict`, of the table `authority_state`, unless the authority is at that generation. It then stays there
    /// until this transaction is over: writers take turns, or the loser gets `conflict` (`StoreEngine.write`).
    package func requireAuthority(at generation: UInt64) throws {
        guard try authorityGeneration() == generation else {
            throw StoreError(.conflict, table: .authorityState, key: "1")
        }
    }

    /// Notes that client certificates were used. It is outside the authority, and never moves a time backwards.
    package func markSeen(_ fingerprints: some Collection<CertificateFingerprint>, at now: Timestamp) throws {
        for fingerprint in Set(fingerprints) {
            try engine.execute(
                """
                INSERT INTO certificate_sightings (fingerprint, last_seen) VALUES (?, ?) \
                ON CONFLICT (fingerprint) DO UPDATE SET last_seen = excluded.last_seen \
                WHERE excluded.last_seen > certificate_sightings.last_seen
                """,
                [.blob(fingerprint.bytes), .time(now)]
            )
        }
    }

    /// Deletes what differs, then adds, so that two rows may exchange their names.
    private func replace<Record: AuthorityRecord>(
        _ old: [Record],
        by new: [Record],
        _ macs: inout [[UInt8]]
    ) throws {
        let kept = Set(old).intersection(new)
        for record in old where !kept.contains(record) {
            try engine.execute(Record.deleteStatement, record.key)
        }
        for record in new {
            let mac = try authenticator.mac(Record.table, record.values)
            macs.append(mac)
            if kept.contains(record) { continue }
            let changed = try engine.execute(Record.insertStatement, record.values + [.blob(mac)])
            guard changed == 1 else {
                let key = record.key.map(\.keyText).joined(separator: "/")
                throw StoreError(.alreadyExists, table: Record.table, key: key)
            }
        }
    }

    private func write(_ state: AuthorityState, over generation: UInt64) throws {
        let mac = try authenticator.mac(.authorityState, state.values)
        let changed: Int
        if generation == 0 {
            changed = try engine.execute(
                """
                INSERT INTO authority_state (id, generation, set_digest, anchored_generation, mac) \
                VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
                state.values + [.blob(mac)]
            )
        } else {
            changed = try engine.execute(
                """
                UPDATE authority_state SET generation = ?, set_digest = ?, anchored_generation = ?, mac = ? \
                WHERE id = 1 AND generation = ?
                """,
                Array(state.values.dropFirst()) + [.blob(mac), .integer(Int64(bitPattern: generation))]
            )
        }
        guard changed == 1 else { throw StoreError(.conflict, table: .authorityState, key: "1") }
    }
}

extension Authority {
    fileprivate func differsInTicketKeysAlone(from other: Authority) -> Bool {
        var (one, other) = (self, other)
        other.generation = one.generation
        other.anchoredGeneration = one.anchoredGeneration
        guard one != other else { return false }
        one.ticketKeys = other.ticketKeys
        return one == other
    }
}
