package import KeyModel

/// A root key that is being rotated, and its rotation.
package enum RootKeySample {
    private static let created = Timestamp(secondsSince1970: 1_700_000_000)

    package static let rootKey = RootKey(
        identifier: RootKeyIdentifier("root-1"),
        name: "first",
        partition: Samples.partition.partition,
        status: .active,
        created: created
    )

    package static let description = RootKeyDescription(
        rootKey: rootKey,
        versions: [
            RootKeyDescription.Version(
                version: 1,
                status: .retired,
                created: created,
                objectCounts: ["kmip-ab": 1, "kmip-cd": 2],
                keptUntil: created.advanced(bySeconds: 90 * 86_400 + 86_400)
            ),
            RootKeyDescription.Version(
                version: 2,
                status: .current,
                created: created.advanced(bySeconds: 86_400),
                objectCounts: ["kmip-ab": 10],
                keptUntil: nil
            ),
        ],
        instances: ["kmip-ab", "kmip-cd"],
        rotation: OperationIdentifier("o-1")
    )

    /// The same with its deletion ordered.
    package static let deleting = RootKeyDescription(
        rootKey: RootKey(
            identifier: rootKey.identifier,
            name: rootKey.name,
            partition: rootKey.partition,
            status: .deleting,
            created: created
        ),
        versions: description.versions,
        instances: description.instances,
        rotation: nil,
        deletion: RootKeyDeletion.Description(
            operation: OperationIdentifier("o-2"),
            due: created.advanced(bySeconds: 7 * 86_400),
            isWaitingForTicketKey: false
        )
    )

    /// 40 of 100 keys are moved.
    package static func operation(_ state: BackgroundOperation.State) -> BackgroundOperation {
        var operation = BackgroundOperation(
            identifier: OperationIdentifier("o-\(state.rawValue)"),
            kind: .rootKeyRotation,
            partition: Samples.partition.partition,
            rootKey: rootKey,
            targetVersion: 2,
            total: 100,
            started: created.advanced(bySeconds: state == .running ? 0 : 60)
        )
        operation.done = 40
        if state != .running {
            operation.finish(state, left: 60, report: [1: 60, 2: 40], at: operation.started.advanced(bySeconds: 75))
        }
        return operation
    }
}
