import Foundation
import KeyModel
import SwiftProtobuf

extension WireKeyRequest {
    init(_ model: KeyRequest) {
        self.init()
        switch model {
        case .list(let instance, let search):
            self.instance = instance
            list = WireListKeys(search)
        case .show(let instance, let key):
            self.instance = instance
            show = key.text
        case .history(let instance, let key, let part):
            self.instance = instance
            history = .with {
                $0.identifier = key.text
                $0.limit = UInt32(clamping: part.limit)
                if let after = part.after { $0.after = WireAuditPosition(after) }
            }
        case .revoke(let instance, let key, let reason):
            self.instance = instance
            revoke = .with {
                $0.identifier = key.text
                $0.reason = reason.code.rawValue
                if let message = reason.message { $0.message = message }
            }
        case .revokeAll(let instance, let keys, let reason, let notRetrievedSince):
            self.instance = instance
            revokeAll = .with {
                $0.identifiers = keys.map(\.text)
                $0.reason = reason.code.rawValue
                if let message = reason.message { $0.message = message }
                if let notRetrievedSince { $0.notRetrievedSince = notRetrievedSince.secondsSince1970 }
            }
        case .restore(let instance, let key):
            self.instance = instance
            restore = key.text
        case .destroy(let instance, let key):
            self.instance = instance
            destroy = key.text
        }
    }

    func model() throws(JobMessageError) -> KeyRequest {
        switch request {
        case .list(let list): return .list(instance: instance, try list.model())
        case .show(let key): return .show(instance: instance, key: UniqueIdentifier(key))
        case .history(let wire):
            let part = KeyHistoryPart(limit: Int(wire.limit), after: wire.hasAfter ? wire.after.model() : nil)
            return .history(instance: instance, key: UniqueIdentifier(wire.identifier), part)
        case .revoke(let wire):
            let reason = RevocationReason(
                code: RevocationReason.Code(rawValue: wire.reason),
                message: wire.hasMessage ? wire.message : nil
            )
            return .revoke(instance: instance, key: UniqueIdentifier(wire.identifier), reason)
        case .revokeAll(let wire):
            let reason = RevocationReason(
                code: RevocationReason.Code(rawValue: wire.reason),
                message: wire.hasMessage ? wire.message : nil
            )
            return .revokeAll(
                instance: instance,
                keys: wire.identifiers.map { UniqueIdentifier($0) },
                reason,
                notRetrievedSince: wire.hasNotRetrievedSince
                    ? Timestamp(secondsSince1970: wire.notRetrievedSince) : nil
            )
        case .restore(let key): return .restore(instance: instance, key: UniqueIdentifier(key))
        case .destroy(let key): return .destroy(instance: instance, key: UniqueIdentifier(key))
        case nil: throw .notUnderstood
        }
    }
}

extension WireListKeys {
    init(_ search: KeySearch) {
        self.init()
        if let prefix = search.identifierPrefix { identifierPrefix = prefix }
        attributes = search.attributes.map(WireAttribute.init)
        states = search.states.map(\.rawValue).sorted()
        if let moment = search.createdFrom { createdFrom = moment.secondsSince1970 }
        if let moment = search.createdBefore { createdBefore = moment.secondsSince1970 }
        switch search.retrieval {
        case nil: break
        case .never?: neverRetrieved = true
        case .notSince(let moment)?: notRetrievedSince = moment.secondsSince1970
        }
        limit = UInt32(clamping: search.limit)
        if let after = search.after { self.after = WireKeyPosition(after) }
    }

    func model() throws(JobMessageError) -> KeySearch {
        var search = KeySearch(limit: Int(limit))
        if hasIdentifierPrefix { search.identifierPrefix = identifierPrefix }
        search.attributes = try attributes.model()
        for number in states {
            guard let state = ObjectState(rawValue: number) else { throw .notUnderstood }
            search.states.insert(state)
        }
        if hasCreatedFrom { search.createdFrom = Timestamp(secondsSince1970: createdFrom) }
        if hasCreatedBefore { search.createdBefore = Timestamp(secondsSince1970: createdBefore) }
        if neverRetrieved {
            search.retrieval = .never
        } else if hasNotRetrievedSince {
            search.retrieval = .notSince(Timestamp(secondsSince1970: notRetrievedSince))
        }
        if hasAfter { search.after = after.model() }
        return search
    }
}

extension WireKeyPosition {
    init(_ position: KeySearch.Position) {
        self.init()
        created = position.created.secondsSince1970
        identifier = position.identifier.text
    }

    func model() -> KeySearch.Position {
        KeySearch.Position(
            created: Timestamp(secondsSince1970: created),
            identifier: UniqueIdentifier(identifier)
        )
    }
}

extension WireAuditPosition {
    init(_ position: KeyHistoryPart.Position) {
        self.init()
        time = position.time.secondsSince1970
        chain = Data(position.chain)
        sequence = position.sequence
    }

    func model() -> KeyHistoryPart.Position {
        KeyHistoryPart.Position(
            time: Timestamp(secondsSince1970: time),
            chain: [UInt8](chain),
            sequence: sequence
        )
    }
}
