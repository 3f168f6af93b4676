import KeyModel

/// What operators ask of keys, and are answered.
enum KeySamples {
    private static let (instance, key) = ("kmip-01", Samples.identifier)
    private static let name = Attribute(name: AttributeName("x-Name"), value: .text("vm-1"))
    private static let place = KeySearch.Position(created: Samples.time, identifier: key)
    private static let past = KeyHistoryPart.Position(time: Samples.time, chain: [1, 2, 3], sequence: .max)

    private static var searches: [KeySearch] {
        var all = KeySearch(limit: 7)
        all.identifierPrefix = "0a"
        all.attributes = [name, Attribute(name: AttributeName("x-Component"), value: .text(""))]
        all.states = Set(ObjectState.allCases)
        all.createdFrom = Samples.time
        all.createdBefore = Samples.time.advanced(bySeconds: 60)
        all.retrieval = .notSince(Samples.time)
        all.after = place
        var never = KeySearch()
        never.retrieval = .never
        never.after = KeySearch.Position(
            created: Timestamp(secondsSince1970: .min),
            identifier: UniqueIdentifier("")
        )
        return [KeySearch(), all, never]
    }

    static var requests: [KeyRequest] {
        searches.map { .list(instance: instance, $0) } + [
            .show(instance: instance, key: key),
            .history(instance: instance, key: key, KeyHistoryPart(limit: 100, after: nil)),
            .history(instance: instance, key: key, KeyHistoryPart(limit: 1, after: past)),
            .revoke(instance: instance, key: key, RevocationReason(code: .superseded, message: nil)),
            .revoke(instance: instance, key: key, RevocationReason(code: .keyCompromise, message: "lost")),
            .revokeAll(
                instance: instance,
                keys: [key, UniqueIdentifier("k")],
                RevocationReason(code: .cessationOfOperation, message: "gone"),
                notRetrievedSince: Samples.time
            ),
            .revokeAll(
                instance: instance,
                keys: [],
                RevocationReason(code: .unspecified, message: nil),
                notRetrievedSince: nil
            ),
            .restore(instance: instance, key: key), .destroy(instance: instance, key: key),
            .destroy(instance: "", key: UniqueIdentifier("")),
        ]
    }

    private static func description(_ state: ObjectState) -> KeyDescription {
        var dates = KeyDescription.Dates()
        dates.created = Samples.time
        if state != .preActive {
            dates.activation = Samples.time.advanced(bySeconds: 1)
            dates.deactivation = Samples.time.advanced(bySeconds: 2)
            dates.destroyed = Samples.time.advanced(bySeconds: 3)
            dates.compromiseOccurrence = Samples.time.advanced(bySeconds: 4)
            dates.compromise = Samples.time.advanced(bySeconds: 5)
            dates.lastChange = Samples.time.advanced(bySeconds: 6)
            dates.lastRetrieved = Samples.time.advanced(bySeconds: 7)
        }
        let wrapping = KeyDescription.Wrapping(rootKey: RootKeyIdentifier("r"), version: 4)
        return KeyDescription(
            identifier: key,
            objectType: .symmetricKey,
            algorithm: .aes,
            length: 256,
            state: state,
            dates: dates,
            revocationReason: state == .deactivated ? RevocationReason(code: .superseded, message: "new") : nil,
            attributes: state == .active ? [name] : [],
            wrapping: state.isDestroyed ? nil : wrapping,
            revision: 12
        )
    }

    private static func event(_ failure: OperationFailure.Code?) -> KeyEvent {
        KeyEvent(
            action: failure == nil ? .keyRestore : .keyDestroy,
            initiator: "Operator-00",
            address: "192.0.2.1",
            failure: failure,
            requestID: "0123456789abcdef",
            isRepeat: failure != nil,
            time: Samples.time
        )
    }

    private static func revocation(in partition: PartitionName) -> BackgroundOperation {
        BackgroundOperation(
            stored: .init(identifier: "i-1", name: instance, targetVersion: nil),
            identifier: OperationIdentifier("o-1"),
            kind: .keyRevocation,
            partition: partition,
            started: Samples.time
        )
    }

    static var answers: [KeyAnswer] {
        let keys = ObjectState.allCases.map { KeyEntry.key(description($0)) } + [.corrupted(key)]
        return [
            .list(KeyList(keys: keys, next: place)), .list(KeyList(keys: [], next: nil)),
            .key(.key(description(.active))), .key(.corrupted(key)), .changed(description(.deactivated)),
            .history(KeyHistory(events: [event(nil), event(.wrongLifecycleState)], next: past, corruptedCount: 2)),
            .history(KeyHistory(events: [], next: nil, corruptedCount: 0)),
        ] + [PartitionName("main")].compactMap { $0 }.map { .revocation(revocation(in: $0)) }
    }
}
