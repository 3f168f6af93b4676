import FaultChecker

/// A history told in few words: one operation after the other, a second each, of one key unless said otherwise.
struct Story {
    static let client = "c1"
    static let digest = "d1"

    private(set) var entries: [HistoryEntry] = []
    private var now = 0.0

    /// - Parameter lasting: seconds until the answer; the next operation begins a second after this one was invoked.
    mutating func add(
        _ request: HistoryEntry.Request,
        _ outcome: HistoryEntry.Outcome,
        lasting: Double = 0.5,
        gateway: Int = 1,
        client: String = Self.client
    ) {
        entries.append(
            HistoryEntry(
                client: client,
                gateway: gateway,
                request: request,
                outcome: outcome,
                invoked: now,
                answered: now + lasting
            )
        )
        now += 1
    }

    /// - Parameters:
    ///   - stored: nil for the row that follows from the story.
    ///   - audit: nil for a trail that follows from the story.
    func evidence(
        stored: [Evidence.StoredKey]? = nil,
        audit: [Evidence.AuditRecord]? = nil
    ) -> Evidence {
        Evidence(history: entries, stored: stored ?? [Self.key()], audit: audit ?? trail)
    }

    static func key(
        _ identifier: String = "k1",
        serial: String? = "s1",
        state: KeyState = .preActive,
        digest: String = Self.digest
    ) -> Evidence.StoredKey {
        Evidence.StoredKey(identifier: identifier, serial: serial, state: state, digest: digest)
    }

    static func record(
        _ action: Evidence.AuditRecord.Action,
        _ identifier: String = "k1",
        client: String = Self.client,
        request: String = "r",
        at moments: ClosedRange<Double> = -Double.infinity...Double.infinity
    ) -> Evidence.AuditRecord {
        Evidence.AuditRecord(
            action: action,
            client: client,
            identifier: identifier,
            requestID: request,
            moments: moments
        )
    }

    /// One record for each that was answered with yes.
    var trail: [Evidence.AuditRecord] {
        entries.enumerated().compactMap { number, entry in
            let request = "r\(number)"
            return switch (entry.request, entry.outcome) {
            case (.create, .created(let identifier)):
                Self.record(.create, identifier, client: entry.client, request: request)
            case (.get(let identifier), .got): Self.record(.read, identifier, client: entry.client, request: request)
            case (.activate(let identifier), .done):
                Self.record(.activate, identifier, client: entry.client, request: request)
            case (.revoke(let identifier), .done):
                Self.record(.revoke, identifier, client: entry.client, request: request)
            case (.destroy(let identifier), .done):
                Self.record(.destroy, identifier, client: entry.client, request: request)
            default: nil
            }
        }
    }
}

extension Story {
    /// A key that was promised.
    static var created: Story {
        var story = Story()
        story.add(.create(serial: "s1"), .created("k1"))
        return story
    }
}
