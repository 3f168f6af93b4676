/// One operation of a client, from its invocation to what came back. Keys are in it as digests only.
package struct HistoryEntry: Hashable, Sendable, Codable {
    package enum Request: Hashable, Sendable, Codable {
        /// Of a key that is marked with a serial number of its own.
        case create(serial: String)
        case get(String)
        case state(String)
        case activate(String)
        case revoke(String)
        case destroy(String)
        case locate(serial: String)
        case addAttribute(String)
    }

    package enum Outcome: Hashable, Sendable, Codable {
        case created(String)
        /// SHA-256 of the key's bytes, in hexadecimal.
        case got(digest: String)
        case state(KeyState)
        case located([String])
        case done
        case refused(Refusal)
        /// No answer, or one that says neither yes nor no: done once, or not at all.
        case unclear(String)
        /// An answer that can't be one to this request: about another key, or without what it has to hold.
        case wrong(String)
    }

    package enum Refusal: String, Hashable, Sendable, Codable {
        case notFound
        /// The key's state does not allow it.
        case denied
        case otherwise
    }

    /// The fingerprint of the client's certificate.
    package let client: String
    /// From 1.
    package let gateway: Int
    package let request: Request
    package let outcome: Outcome
    /// Seconds since the start of the run, by a clock that only goes forward.
    package let invoked: Double
    package let answered: Double

    package init(
        client: String,
        gateway: Int,
        request: Request,
        outcome: Outcome,
        invoked: Double,
        answered: Double
    ) {
        self.client = client
        self.gateway = gateway
        self.request = request
        self.outcome = outcome
        self.invoked = invoked
        self.answered = answered
    }
}

/// The states that the load brings keys to, in the order in which alone they may follow one another.
package enum KeyState: Int, Hashable, Sendable, Codable, Comparable, CaseIterable {
    case preActive, active, deactivated, destroyed

    package static func < (one: KeyState, other: KeyState) -> Bool { one.rawValue < other.rawValue }
}

extension HistoryEntry {
    /// The operation, by the name that the standard has for it.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case create = "Create"
        case get = "Get"
        case state = "Get Attributes"
        case activate = "Activate"
        case revoke = "Revoke"
        case destroy = "Destroy"
        case locate = "Locate"
        case addAttribute = "Add Attribute"
    }

    package var kind: String {
        let kind: Kind =
            switch request {
            case .create: .create
            case .get: .get
            case .state: .state
            case .activate: .activate
            case .revoke: .revoke
            case .destroy: .destroy
            case .locate: .locate
            case .addAttribute: .addAttribute
            }
        return kind.rawValue
    }

    /// The key that it is about, where that is known.
    var identifier: String? {
        switch (request, outcome) {
        case (.create, .created(let identifier)): identifier
        case (.create, _), (.locate, _): nil
        case (.get(let identifier), _), (.state(let identifier), _), (.activate(let identifier), _),
            (.revoke(let identifier), _), (.destroy(let identifier), _), (.addAttribute(let identifier), _):
            identifier
        }
    }

    /// The server said that it did it, or told what was asked.
    package var succeeded: Bool {
        switch outcome {
        case .created, .got, .state, .located, .done: true
        case .refused, .unclear, .wrong: false
        }
    }

    /// Whether the server may have done it.
    var mayBeDone: Bool {
        if case .refused = outcome { false } else { true }
    }

    /// The server said neither that it did it nor that it did not.
    var isOpen: Bool { mayBeDone && !succeeded }

    /// What the key's state was, at the least, when this was answered.
    var provenState: KeyState? {
        switch (request, outcome) {
        case (.state, .state(let state)): state
        case (.activate, .done): .active
        case (.revoke, .done): .deactivated
        case (.destroy, .done): .destroyed
        default: nil
        }
    }
}
