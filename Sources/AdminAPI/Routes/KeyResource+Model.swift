internal import AdminResources
internal import FoundationEssentials
internal import KeyModel

extension KeyResource {
    init(_ entry: KeyEntry, instance: String) {
        switch entry {
        case .corrupted(let identifier):
            self.init(identifier: identifier.text, instance: instance, state: Self.corrupted, content: nil)
        case .key(let key):
            self.init(
                identifier: key.identifier.text,
                instance: instance,
                state: key.state.resourceText,
                content: KeyContent(key)
            )
        }
    }
}

extension KeyContent {
    fileprivate init(_ key: KeyDescription) {
        self.init(
            kind: (key.objectType.resourceText, key.algorithm.resourceText, key.length),
            dates: Dates(key.dates),
            revocation: key.revocationReason.map(KeyRevocation.init),
            attributes: key.attributes.compactMap { attribute in
                guard case .text(let text) = attribute.value else { return nil }
                return KeyAttribute(name: attribute.name.text, value: text)
            },
            rootKey: key.wrapping.map { ($0.rootKey.text, $0.version) },
            revision: key.revision
        )
    }
}

extension KeyContent.Dates {
    fileprivate init(_ dates: KeyDescription.Dates) {
        self.init()
        created = dates.created.map { Date($0) }
        activated = dates.activation.map { Date($0) }
        deactivated = dates.deactivation.map { Date($0) }
        destroyed = dates.destroyed.map { Date($0) }
        compromiseOccurred = dates.compromiseOccurrence.map { Date($0) }
        compromised = dates.compromise.map { Date($0) }
        lastChanged = dates.lastChange.map { Date($0) }
        lastRetrieved = dates.lastRetrieved.map { Date($0) }
    }
}

extension KeyRevocation {
    fileprivate init(_ reason: RevocationReason) {
        let all = KeyRevocationReason.allCases
        let number = Int(reason.code.rawValue)
        // Clients may give reasons that no standard has.
        let text = all.indices.contains(number - 1) ? all[number - 1].rawValue : "reason-\(number)"
        self.init(reason: text, message: reason.message)
    }
}

extension KeyEventResource {
    init(_ event: KeyEvent) {
        self.init(
            time: Date(event.time),
            action: event.action.rawValue,
            initiator: event.initiator,
            address: event.address,
            failure: event.failure.map { "\($0)" },
            isRepeat: event.isRepeat,
            requestId: event.requestID
        )
    }
}

extension ObjectType {
    fileprivate var resourceText: String {
        switch self {
        case .certificate: "certificate"
        case .symmetricKey: "symmetric-key"
        case .publicKey: "public-key"
        case .privateKey: "private-key"
        case .secretData: "secret-data"
        case .opaqueObject: "opaque-object"
        default: "type-\(rawValue)"
        }
    }
}

extension KeyAlgorithm {
    fileprivate var resourceText: String {
        switch self {
        case .des: "DES"
        case .tripleDES: "3DES"
        case .aes: "AES"
        default: "algorithm-\(rawValue)"
        }
    }
}
