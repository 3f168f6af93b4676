import KeyModel

/// What a client directory remembers, and for how long. No I/O, no clock.
///
/// Times are milliseconds by a clock that only goes forward.
struct DirectoryMemory {
    enum Finding {
        case known(ClientDirectory.Answer)
        case isAsked(Lookup)
        /// - number: of the question.
        /// - isOldClient: whether it was a client's certificate when it was last asked about.
        case toBeAsked(number: UInt64, isOldClient: Bool)
    }

    private struct Entry {
        let answer: ClientDirectory.Answer
        let until: Int64
    }

    static let lifetime: Int64 = 30_000
    /// A client that is refused may have been admitted a moment later; one that floods must not cost a job each time.
    static let refusalLifetime: Int64 = 500
    /// Where nobody can say, an answer that was true holds for longer: removals are told by notice, and the worker decides
    /// about every job in any case. An overload must not end connections of clients that were known when it began.
    static let lifetimeWithoutAnswer: Int64 = 10 * 60 * 1_000
    static let mostEntries = 10_000

    private var entries: [CertificateFingerprint: Entry] = [:]
    private var lookups: [CertificateFingerprint: Lookup] = [:]
    private var oldClients: Set<CertificateFingerprint> = []
    private var lastNumber: UInt64 = 0

    var entryCount: Int { entries.count }

    mutating func find(_ fingerprint: CertificateFingerprint, now: Int64) -> Finding {
        if let entry = entries[fingerprint], now < entry.until { return .known(entry.answer) }
        if let lookup = lookups[fingerprint] { return .isAsked(lookup) }
        lastNumber += 1
        return .toBeAsked(number: lastNumber, isOldClient: oldClients.contains(fingerprint))
    }

    /// What the answer was when that was last asked, however long ago.
    func last(_ fingerprint: CertificateFingerprint) -> ClientDirectory.Answer? {
        entries[fingerprint]?.answer
    }

    /// A question is under way: whoever else asks waits for it.
    mutating func asked(_ fingerprint: CertificateFingerprint, _ lookup: Lookup) {
        lookups[fingerprint] = lookup
    }

    /// - Parameter number: of the question. An answer to one that was asked before the last notice is not kept.
    /// - Returns: what counts.
    mutating func answered(
        _ fingerprint: CertificateFingerprint,
        _ number: UInt64,
        _ answer: ClientDirectory.Answer,
        now: Int64
    ) -> ClientDirectory.Answer {
        guard lookups[fingerprint]?.number == number else { return kept(fingerprint, answer, now: now) }
        lookups[fingerprint] = nil
        switch answer {
        case .registered:
            keep(answer, of: fingerprint, until: now + Self.lifetime, now: now)
            if oldClients.count < Self.mostEntries { oldClients.insert(fingerprint) }
        case .notRegistered:
            keep(answer, of: fingerprint, until: now + Self.refusalLifetime, now: now)
            oldClients.remove(fingerprint)
        case .unknown, .tooManyAsked: break
        }
        return kept(fingerprint, answer, now: now)
    }

    mutating func forget(_ fingerprint: CertificateFingerprint) {
        entries[fingerprint] = nil
        lookups[fingerprint] = nil
    }

    mutating func forgetAll() {
        entries = [:]
        lookups = [:]
    }

    private func kept(
        _ fingerprint: CertificateFingerprint,
        _ answer: ClientDirectory.Answer,
        now: Int64
    ) -> ClientDirectory.Answer {
        switch answer {
        case .registered, .notRegistered: return answer
        case .unknown, .tooManyAsked:
            guard let entry = entries[fingerprint], case .registered = entry.answer,
                now < entry.until + Self.lifetimeWithoutAnswer
            else { return answer }
            return entry.answer
        }
    }

    private mutating func keep(
        _ answer: ClientDirectory.Answer,
        of fingerprint: CertificateFingerprint,
        until: Int64,
        now: Int64
    ) {
        if entries.count >= Self.mostEntries { entries = entries.filter { now < $0.value.until } }
        if entries.count < Self.mostEntries { entries[fingerprint] = Entry(answer: answer, until: until) }
    }
}
