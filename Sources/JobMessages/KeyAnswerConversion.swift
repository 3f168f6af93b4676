import Foundation
import KeyModel
import SwiftProtobuf

extension WireKeyAnswer {
    init(_ model: KeyAnswer) {
        self.init()
        switch model {
        case .list(let part):
            list = .with {
                $0.keys = part.keys.map(WireKeyEntry.init)
                if let next = part.next { $0.next = WireKeyPosition(next) }
            }
        case .key(let entry): key = WireKeyEntry(entry)
        case .history(let part): history = WireKeyHistory(part)
        case .changed(let description): changed = WireKeyDescription(description)
        case .revocation(let operation): revocation = WireBackgroundOperation(operation)
        }
    }

    func model() throws(JobMessageError) -> KeyAnswer {
        switch answer {
        case .list(let wire):
            var keys: [KeyEntry] = []
            for entry in wire.keys { keys.append(try entry.model()) }
            return .list(KeyList(keys: keys, next: wire.hasNext ? wire.next.model() : nil))
        case .key(let entry): return .key(try entry.model())
        case .history(let wire): return .history(try wire.model())
        case .changed(let wire): return .changed(try wire.model())
        case .revocation(let wire): return .revocation(try wire.model())
        case nil: throw .notUnderstood
        }
    }
}

extension WireKeyEntry {
    init(_ model: KeyEntry) {
        self.init()
        switch model {
        case .key(let description): key = WireKeyDescription(description)
        case .corrupted(let identifier): corrupted = identifier.text
        }
    }

    func model() throws(JobMessageError) -> KeyEntry {
        switch entry {
        case .key(let wire): .key(try wire.model())
        case .corrupted(let identifier): .corrupted(UniqueIdentifier(identifier))
        case nil: throw .notUnderstood
        }
    }
}

extension WireKeyDescription {
    init(_ model: KeyDescription) {
        self.init()
        identifier = model.identifier.text
        objectType = model.objectType.rawValue
        algorithm = model.algorithm.rawValue
        length = UInt32(clamping: model.length)
        state = model.state.rawValue
        dates = WireKeyDates(model.dates)
        if let reason = model.revocationReason {
            revocationReason = reason.code.rawValue
            if let message = reason.message { revocationMessage = message }
        }
        attributes = model.attributes.map(WireAttribute.init)
        if let wrapping = model.wrapping {
            rootKey = wrapping.rootKey.text
            rootKeyVersion = UInt32(clamping: wrapping.version)
        }
        revision = model.revision
    }

    func model() throws(JobMessageError) -> KeyDescription {
        guard let state = ObjectState(rawValue: state) else { throw .notUnderstood }
        let reason = RevocationReason(
            code: RevocationReason.Code(rawValue: revocationReason),
            message: hasRevocationMessage ? revocationMessage : nil
        )
        return KeyDescription(
            identifier: UniqueIdentifier(identifier),
            objectType: ObjectType(rawValue: objectType),
            algorithm: KeyAlgorithm(rawValue: algorithm),
            length: Int(length),
            state: state,
            dates: dates.model(),
            revocationReason: hasRevocationReason ? reason : nil,
            attributes: try attributes.model(),
            wrapping: hasRootKey
                ? KeyDescription.Wrapping(rootKey: RootKeyIdentifier(rootKey), version: Int(rootKeyVersion)) : nil,
            revision: revision
        )
    }
}

extension WireKeyDates {
    init(_ model: KeyDescription.Dates) {
        self.init()
        if let moment = model.created { created = moment.secondsSince1970 }
        if let moment = model.activation { activation = moment.secondsSince1970 }
        if let moment = model.deactivation { deactivation = moment.secondsSince1970 }
        if let moment = model.destroyed { destroyed = moment.secondsSince1970 }
        if let moment = model.compromiseOccurrence { compromiseOccurrence = moment.secondsSince1970 }
        if let moment = model.compromise { compromise = moment.secondsSince1970 }
        if let moment = model.lastChange { lastChange = moment.secondsSince1970 }
        if let moment = model.lastRetrieved { lastRetrieved = moment.secondsSince1970 }
    }

    func model() -> KeyDescription.Dates {
        func moment(_ isThere: Bool, _ seconds: Int64) -> Timestamp? {
            isThere ? Timestamp(secondsSince1970: seconds) : nil
        }
        var dates = KeyDescription.Dates()
        dates.created = moment(hasCreated, created)
        dates.activation = moment(hasActivation, activation)
        dates.deactivation = moment(hasDeactivation, deactivation)
        dates.destroyed = moment(hasDestroyed, destroyed)
        dates.compromiseOccurrence = moment(hasCompromiseOccurrence, compromiseOccurrence)
        dates.compromise = moment(hasCompromise, compromise)
        dates.lastChange = moment(hasLastChange, lastChange)
        dates.lastRetrieved = moment(hasLastRetrieved, lastRetrieved)
        return dates
    }
}

extension WireKeyHistory {
    init(_ model: KeyHistory) {
        self.init()
        events = model.events.map(WireKeyEvent.init)
        if let next = model.next { self.next = WireAuditPosition(next) }
        corruptedCount = UInt32(clamping: model.corruptedCount)
    }

    func model() throws(JobMessageError) -> KeyHistory {
        var events: [KeyEvent] = []
        for event in self.events { events.append(try event.model()) }
        return KeyHistory(
            events: events,
            next: hasNext ? next.model() : nil,
            corruptedCount: Int(corruptedCount)
        )
    }
}

extension WireKeyEvent {
    init(_ model: KeyEvent) {
        self.init()
        action = model.action.rawValue
        initiator = model.initiator
        address = model.address
        if let failure = model.failure { self.failure = UInt32(failure.rawValue) }
        requestID = model.requestID
        isRepeat = model.isRepeat
        time = model.time.secondsSince1970
    }

    func model() throws(JobMessageError) -> KeyEvent {
        guard let action = AuditEvent.Action(rawValue: action) else { throw .notUnderstood }
        var code: OperationFailure.Code?
        if hasFailure {
            guard let known = OperationFailure.Code(rawValue: Int(failure)) else { throw .notUnderstood }
            code = known
        }
        return KeyEvent(
            action: action,
            initiator: initiator,
            address: address,
            failure: code,
            requestID: requestID,
            isRepeat: isRepeat,
            time: Timestamp(secondsSince1970: time)
        )
    }
}
