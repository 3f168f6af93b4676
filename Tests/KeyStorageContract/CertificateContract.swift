import KeyModel
import KeyStorage
import Testing

/// Client certificates that end before their date, and those that were refused.
enum CertificateContract {
    static let cases = [
        ContractCase("a certificate's end is kept, changed and taken away with the authority", ends),
        ContractCase("an end of a certificate that is not there is found", strayEnd),
        ContractCase("without ends the authority's state is what it was before there were any", asBefore),
        ContractCase("refused certificates are counted, the last first", refused),
        ContractCase("of refused certificates the oldest go", refusedBound),
        ContractCase("notes of certificates go with their reason", pruning),
    ]

    private static func ends(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        var authority = Authority(generation: 0)
        authority.certificates = [try AuthorityFixture.certificate(1)]
        var written = try store.write { try $0.changeAuthority(from: Authority(generation: 0), to: authority) }
        for end in [ContractFixture.start.advanced(bySeconds: 9), ContractFixture.start, nil] {
            var next = written
            next.certificates = written.certificates.map { $0.with(name: "previous", validUntil: end) }
            written = try store.write { try $0.changeAuthority(from: written, to: next) }
            let read = try ContractFixture.store(database).read { try $0.authority() }
            #expect(read == written && read.certificates.map(\.validUntil) == [end])
        }
        var ended = written
        ended.certificates = written.certificates.map { $0.with(name: $0.name, validUntil: ContractFixture.start) }
        written = try store.write { try $0.changeAuthority(from: written, to: ended) }
        var none = written
        none.certificates = []
        written = try store.write { try $0.changeAuthority(from: written, to: none) }
        #expect(try store.read { try $0.authority() } == written)
    }

    /// Taken from a time when there was such a certificate: its MAC is right, and the set digest is not.
    private static func strayEnd(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        var authority = Authority(generation: 0)
        authority.certificates = [try AuthorityFixture.certificate(2)]
        let written = try store.write { try $0.changeAuthority(from: Authority(generation: 0), to: authority) }
        let tampering = Tampering(engine: try database.openEngine())
        let columns = "fingerprint, valid_until, mac"
        let row = try #require(try tampering.rows("SELECT \(columns) FROM certificate_ends").first)
        var none = written
        none.certificates = []
        _ = try store.write { try $0.changeAuthority(from: written, to: none) }
        #expect(try tampering.rows("SELECT \(columns) FROM certificate_ends").isEmpty)
        try tampering.run("INSERT INTO certificate_ends (\(columns)) VALUES (?, ?, ?)", row)
        #expect(try errorCode { _ = try store.read { try $0.authority() } } == .recordCorrupted)
    }

    /// What an older version of this software wrote is still verified: the table that it did not know has no row, and adds
    /// nothing to the set digest.
    private static func asBefore(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        var authority = Authority(generation: 0)
        authority.certificates = [try AuthorityFixture.certificate(1)]
        let written = try store.write { try $0.changeAuthority(from: Authority(generation: 0), to: authority) }
        let tampering = Tampering(engine: try database.openEngine())
        let digest = try tampering.rows("SELECT set_digest FROM authority_state")
        var ending = written
        ending.certificates = written.certificates.map { $0.with(name: $0.name, validUntil: ContractFixture.start) }
        let ended = try store.write { try $0.changeAuthority(from: written, to: ending) }
        #expect(try tampering.rows("SELECT set_digest FROM authority_state") != digest)
        _ = try store.write { try $0.changeAuthority(from: ended, to: written) }
        #expect(try tampering.rows("SELECT set_digest FROM authority_state") == digest)
    }

    private static func refusedCertificate(
        _ number: Int,
        attempts: Int = 1,
        seconds: Int64 = 0
    ) throws -> PendingCertificate {
        let bytes = [UInt8](repeating: 0, count: 30) + [UInt8(number / 256), UInt8(number % 256)]
        let time = ContractFixture.start.advanced(bySeconds: seconds)
        return PendingCertificate(
            fingerprint: try #require(CertificateFingerprint(bytes)),
            der: [0x30, UInt8(number % 256)],
            address: "192.0.2.\(number % 256)",
            firstSeen: time,
            lastSeen: time,
            attempts: attempts
        )
    }

    private static func refused(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        #expect(try store.read { try $0.refusedCertificates() }.isEmpty)
        let (one, two) = (try refusedCertificate(1, attempts: 2), try refusedCertificate(2, seconds: 5))
        try store.write { try $0.markRefused([one, two]) }
        let again = try refusedCertificate(1, attempts: 3, seconds: 9)
        try store.write { try $0.markRefused([again]) }
        try store.write { try $0.markRefused([]) }
        let found = try store.read { try $0.refusedCertificates() }
        #expect(found.map(\.fingerprint) == [one.fingerprint, two.fingerprint])
        #expect(found.first?.attempts == 5 && found.first?.firstSeen == one.firstSeen)
        #expect(found.first?.lastSeen == again.lastSeen && found.last == two)
        #expect(try store.read { try $0.refusedCertificate(two.fingerprint) } == two)
        let unknown = try refusedCertificate(3).fingerprint
        #expect(try store.read { try $0.refusedCertificate(unknown) } == nil)
    }

    private static func refusedBound(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        for part in 0..<10 {
            let flood = try (0..<32).map { try refusedCertificate(part * 32 + $0, seconds: Int64(part)) }
            try store.write { try $0.markRefused(flood) }
        }
        let kept = try store.read { try $0.refusedCertificates() }
        #expect(kept.count == WriteTransaction.mostRefusedCertificates)
        #expect(kept.allSatisfy { $0.lastSeen.secondsSince1970 >= ContractFixture.start.secondsSince1970 + 2 })
    }

    private static func pruning(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        var authority = Authority(generation: 0)
        authority.certificates = [try AuthorityFixture.certificate(1)]
        let registered = authority.certificates[0].fingerprint
        let new = PendingCertificate(
            fingerprint: registered,
            der: [0x30],
            address: "",
            firstSeen: ContractFixture.start,
            lastSeen: ContractFixture.start,
            attempts: 1
        )
        let old = try refusedCertificate(7, seconds: -WriteTransaction.refusedCertificateRetention - 1)
        let recent = try refusedCertificate(8, seconds: -WriteTransaction.refusedCertificateRetention + 1)
        try store.write { transaction in
            try transaction.markRefused([new, old, recent])
            try transaction.markSeen([registered, old.fingerprint], at: ContractFixture.start)
            _ = try transaction.changeAuthority(from: Authority(generation: 0), to: authority)
        }
        // What is registered is not listed, pruned or not.
        #expect(try store.read { try $0.refusedCertificates() }.map(\.fingerprint).contains(registered) == false)
        try store.write { try $0.pruneCertificateNotes(at: ContractFixture.start) }
        #expect(try store.read { try $0.refusedCertificates() } == [recent])
        #expect(try store.read { try $0.refusedCertificate(registered) } == nil)
        #expect(try store.read { try $0.certificateSightings() } == [registered: ContractFixture.start])
    }
}
