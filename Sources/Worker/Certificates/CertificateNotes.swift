import KeyModel

/// What a worker has seen of client certificates and not written yet: kept in memory, and written with the store's probe
/// once a second, so that no job waits for it and no flood of strangers makes work. Bounded. No I/O, no clock.
struct CertificateNotes {
    struct Due {
        let used: [CertificateFingerprint]
        let refused: [PendingCertificate]
    }

    /// When a certificate was last used is written once in so many seconds.
    static let interval: Int64 = 60
    static let mostUsed = 10_000
    /// So many are written at a time.
    static let mostUsedAtOnce = 256
    /// So many different strangers are remembered until the next time; those that come again in a flood find their turn.
    static let mostRefused = 32

    private var unwritten: Set<CertificateFingerprint> = []
    private var lastWritten: [CertificateFingerprint: Int64] = [:]
    private var refused: [CertificateFingerprint: PendingCertificate] = [:]

    mutating func used(_ fingerprint: CertificateFingerprint, at now: Timestamp) {
        if let written = lastWritten[fingerprint], now.secondsSince1970 - written < Self.interval { return }
        if unwritten.count < Self.mostUsed { unwritten.insert(fingerprint) }
    }

    /// Whether there is room for a stranger that is not remembered: to be asked before anything of him is looked at.
    func takes(_ fingerprint: CertificateFingerprint) -> Bool {
        refused[fingerprint] != nil || refused.count < Self.mostRefused
    }

    /// Counts another attempt of a stranger that is remembered.
    ///
    /// - Returns: false where he is not.
    mutating func refusedAgain(_ fingerprint: CertificateFingerprint, address: String, at now: Timestamp) -> Bool {
        guard let known = refused[fingerprint] else { return false }
        refused[fingerprint] = PendingCertificate(
            fingerprint: fingerprint,
            der: known.der,
            address: address,
            firstSeen: known.firstSeen,
            lastSeen: now,
            attempts: known.attempts + 1
        )
        return true
    }

    mutating func refused(_ certificate: PendingCertificate) {
        guard takes(certificate.fingerprint) else { return }
        refused[certificate.fingerprint] = certificate
    }

    /// What is to be written now.
    func due(at now: Timestamp) -> Due {
        Due(
            used: Array(unwritten.prefix(Self.mostUsedAtOnce)),
            refused: refused.values.sorted { $0.fingerprint.description < $1.fingerprint.description }
        )
    }

    /// What was due is durable.
    mutating func written(_ due: Due, at now: Timestamp) {
        refused = [:]
        unwritten.subtract(due.used)
        if lastWritten.count >= Self.mostUsed {
            lastWritten = lastWritten.filter { now.secondsSince1970 - $0.value < Self.interval }
        }
        for fingerprint in due.used where lastWritten.count < Self.mostUsed {
            lastWritten[fingerprint] = now.secondsSince1970
        }
    }
}
