import KeyModel

/// Which client certificates have just ended, and which will soon. No I/O.
struct CertificateCalendar {
    /// From so many days before its end on a certificate is warned of, once a day.
    static let warningDays: Int64 = 30
    /// Of more there is one line that counts the rest.
    static let mostWarnings = 20

    struct Warnings {
        let certificates: [ClientCertificate]
        /// How many more there are.
        let others: Int
    }

    private var lastLooked: Timestamp?
    private var lastWarned: [CertificateFingerprint: Int64] = [:]
    private var nextWarning = Timestamp(secondsSince1970: .min)

    /// The certificates that have ended since this was last asked.
    mutating func ended(in authority: Authority, at now: Timestamp) -> [ClientCertificate] {
        defer { lastLooked = max(now, lastLooked ?? now) }
        guard let lastLooked, lastLooked < now else { return [] }
        return authority.certificates.filter { lastLooked <= $0.end && $0.end < now }
    }

    /// The certificates that end soon, each once a day. Looks once a minute. Those that an operator has replaced are meant
    /// to end.
    mutating func warnings(of authority: Authority, at now: Timestamp) -> Warnings {
        guard nextWarning <= now else { return Warnings(certificates: [], others: 0) }
        nextWarning = now.advanced(bySeconds: 60)
        let soon = authority.certificates.filter { certificate in
            certificate.validUntil == nil && certificate.isInForce(at: now)
                && certificate.notAfter <= now.advanced(bySeconds: Self.warningDays * 86_400)
        }
        let day: Int64 = 86_400
        let due = soon.filter { certificate in
            lastWarned[certificate.fingerprint].map { now.secondsSince1970 - $0 >= day } ?? true
        }
        let present = Set(soon.map(\.fingerprint))
        lastWarned = lastWarned.filter { present.contains($0.key) }
        for certificate in due { lastWarned[certificate.fingerprint] = now.secondsSince1970 }
        let first = due.sorted { $0.notAfter < $1.notAfter }.prefix(Self.mostWarnings)
        return Warnings(certificates: Array(first), others: due.count - first.count)
    }
}
