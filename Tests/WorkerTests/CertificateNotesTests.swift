import KeyModel
import Testing

@testable import Worker

/// What is remembered of client certificates, within bounds.
struct CertificateNotesTests {
    private static let now = Timestamp(secondsSince1970: 1_790_000_000)

    private func fingerprint(_ number: Int) throws -> CertificateFingerprint {
        let bytes = [UInt8](repeating: 0, count: 30) + [UInt8(number / 256), UInt8(number % 256)]
        return try #require(CertificateFingerprint(bytes))
    }

    private func refused(_ number: Int) throws -> PendingCertificate {
        PendingCertificate(
            fingerprint: try fingerprint(number),
            der: [0x30],
            address: "192.0.2.1",
            firstSeen: Self.now,
            lastSeen: Self.now,
            attempts: 1
        )
    }

    @Test func aUseIsWrittenOnceAMinute() throws {
        var notes = CertificateNotes()
        let client = try fingerprint(1)
        for second in 0..<130 {
            let now = Self.now.advanced(bySeconds: Int64(second))
            notes.used(client, at: now)
            let due = notes.due(at: now)
            #expect(due.used == (second % 60 == 0 ? [client] : []), "\(second)")
            notes.written(due, at: now)
        }
    }

    @Test func whatCouldNotBeWrittenStaysDue() throws {
        var notes = CertificateNotes()
        notes.used(try fingerprint(1), at: Self.now)
        notes.refused(try refused(2))
        #expect(notes.due(at: Self.now).used.count == 1 && notes.due(at: Self.now).refused.count == 1)
        let due = notes.due(at: Self.now)
        notes.written(due, at: Self.now)
        #expect(notes.due(at: Self.now).used.isEmpty && notes.due(at: Self.now).refused.isEmpty)
    }

    @Test func manyUsesAreWrittenInTurn() throws {
        var notes = CertificateNotes()
        for number in 0..<600 { notes.used(try fingerprint(number), at: Self.now) }
        var written: Set<CertificateFingerprint> = []
        for _ in 0..<3 {
            let due = notes.due(at: Self.now)
            #expect(due.used.count <= CertificateNotes.mostUsedAtOnce)
            written.formUnion(due.used)
            notes.written(due, at: Self.now)
        }
        #expect(written.count == 600)
    }

    @Test func aFloodOfStrangersIsBounded() throws {
        var notes = CertificateNotes()
        for number in 0..<10_000 {
            guard notes.takes(try fingerprint(number)) else { continue }
            notes.refused(try refused(number))
        }
        let due = notes.due(at: Self.now)
        #expect(due.refused.count == CertificateNotes.mostRefused)
        // One that is remembered is counted all the same.
        let later = Self.now.advanced(bySeconds: 1)
        #expect(notes.refusedAgain(try fingerprint(0), address: "192.0.2.9", at: later))
        #expect(!notes.refusedAgain(try fingerprint(9_999), address: "", at: later))
        let first = notes.due(at: later).refused.first { $0.attempts == 2 }
        #expect(first?.address == "192.0.2.9" && first?.lastSeen == later && first?.firstSeen == Self.now)
        notes.written(due, at: Self.now)
        #expect(notes.takes(try fingerprint(9_999)))
    }
}

/// Which certificates have ended, and which are warned of.
struct CertificateCalendarTests {
    private static let now = Timestamp(secondsSince1970: 1_790_000_000)
    private static let day: Int64 = 86_400

    private func certificate(_ number: UInt8, days: Int64, validUntil: Timestamp? = nil) throws -> ClientCertificate {
        ClientCertificate(
            fingerprint: try #require(CertificateFingerprint([UInt8](repeating: number, count: 32))),
            instance: InstanceIdentifier("i"),
            name: "c\(number)",
            der: [],
            subject: "",
            notBefore: Self.now.advanced(bySeconds: -100 * Self.day),
            notAfter: Self.now.advanced(bySeconds: days * Self.day),
            added: Self.now,
            validUntil: validUntil
        )
    }

    private func authority(_ certificates: [ClientCertificate]) -> Authority {
        var authority = Authority(generation: 1)
        authority.certificates = certificates
        return authority
    }

    @Test func anEndIsFoundOnceAndInTime() throws {
        let ending = try certificate(1, days: 100, validUntil: Self.now.advanced(bySeconds: 10))
        let authority = authority([ending, try certificate(2, days: 100)])
        var calendar = CertificateCalendar()
        var found: [Int64] = []
        for second in Int64(0)..<30 {
            let ended = calendar.ended(in: authority, at: Self.now.advanced(bySeconds: second))
            if !ended.isEmpty { found.append(second) }
            #expect(ended.allSatisfy { $0 == ending })
        }
        // The tenth second is its last.
        #expect(found == [11])
        // Seconds that were left out are no way past it.
        var other = CertificateCalendar()
        #expect(other.ended(in: authority, at: Self.now).isEmpty)
        #expect(other.ended(in: authority, at: Self.now.advanced(bySeconds: 500)) == [ending])
        // Its own date is an end as well.
        #expect(other.ended(in: authority, at: Self.now.advanced(bySeconds: 101 * Self.day)).count == 1)
    }

    @Test func warningsComeOnceADayFromThirtyDaysOn() throws {
        let soon = try certificate(1, days: 30)
        let authority = authority([
            soon, try certificate(2, days: 31), try certificate(3, days: -1),
            try certificate(4, days: 5, validUntil: Self.now.advanced(bySeconds: Self.day)),
        ])
        var calendar = CertificateCalendar()
        var lines = 0
        for minute in Int64(0)..<(24 * 60) {
            let warnings = calendar.warnings(of: authority, at: Self.now.advanced(bySeconds: minute * 60 + 1))
            #expect(warnings.others == 0)
            for certificate in warnings.certificates where certificate == soon { lines += 1 }
        }
        #expect(lines == 1)
        let tomorrow = calendar.warnings(of: authority, at: Self.now.advanced(bySeconds: Self.day + 1))
        #expect(Set(tomorrow.certificates.map(\.name)).contains("c1"))
    }

    @Test func manyWarningsAreCounted() throws {
        let many = authority(try (1...50).map { try certificate($0, days: 10) })
        var calendar = CertificateCalendar()
        let warnings = calendar.warnings(of: many, at: Self.now)
        #expect(warnings.certificates.count == CertificateCalendar.mostWarnings && warnings.others == 30)
        #expect(calendar.warnings(of: many, at: Self.now.advanced(bySeconds: 60)).certificates.isEmpty)
    }
}
