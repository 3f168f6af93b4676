import KeyModel

/// One of everything that is said of root keys and operations.
enum RootKeySamples {
    static let requests: [OperatorJob.Request] = [
        .rootKey(.list), .rootKey(.show("first")), .rootKey(.create(name: "second")), .rootKey(.rotate("first")),
        .rootKey(.suspend("")), .rootKey(.resume("ä")), .rootKey(.importToken),
        .rootKey(.importKey(name: "third", wrapped: [UInt8](repeating: 7, count: 384), signed: signed)),
        .rootKey(.importVersion("first", wrapped: [], signed: signed)), .rootKey(.restore("first")),
        .rootKey(.deletionReport("first", offset: 1 << 20)), .rootKey(.delete("first", signed: [])),
        .rootKey(.delete("first", signed: [signed, signed])), .operation(.list),
        .operation(.show(OperationIdentifier(Samples.identifier.text))),
    ]

    private static let signed = SignedStatement(statement: [0x7B, 0x7D], signature: "a..b", certificate: [0x30, 0x00])

    static func answers(_ partition: PartitionName) -> [OperatorAnswer] {
        let operations = BackgroundOperation.State.allCases.map { operation($0, partition) }
        let keys = RootKey.Status.allCases.map { description($0, partition) }
        return [
            .rootKey(.list([])), .rootKey(.list(keys)), .operation(.list([])), .operation(.list(operations)),
            .rootKey(.importToken(signed)),
        ]
            + keys.map { .rootKey(.rootKey($0)) } + [.rootKey(.deletionReport(part))]
            + operations.flatMap { [.rootKey(.rotation($0)), .operation(.operation($0))] }
    }

    private static let part = DeletionReportPart(
        bytes: [0x7B, 0x7D],
        totalByteCount: 3 << 20,
        signature: "a..b",
        certificate: [3]
    )

    private static func rootKey(_ status: RootKey.Status, _ partition: PartitionName) -> RootKey {
        RootKey(
            identifier: RootKeyIdentifier("r-\(status)"),
            name: "\(status)",
            partition: partition,
            status: status,
            created: Samples.time
        )
    }

    private static func description(_ status: RootKey.Status, _ partition: PartitionName) -> RootKeyDescription {
        let versions = RootKeyVersion.Status.allCases.enumerated().map { number, status in
            RootKeyDescription.Version(
                version: number + 1,
                status: status,
                created: Samples.time,
                objectCounts: status == .destroyed ? [:] : ["kmip-01": 3, "kmip-02": 100_000],
                keptUntil: status == .retired ? Samples.time.advanced(bySeconds: 60) : nil
            )
        }
        return RootKeyDescription(
            rootKey: rootKey(status, partition),
            versions: status == .deleting ? [] : versions,
            instances: status == .active ? ["kmip-01", "kmip-02"] : [],
            rotation: status == .active ? OperationIdentifier("o-1") : nil,
            deletion: status == .deleting
                ? RootKeyDeletion.Description(
                    operation: OperationIdentifier("o-2"),
                    due: Samples.time,
                    isWaitingForTicketKey: true
                ) : nil
        )
    }

    private static func operation(
        _ state: BackgroundOperation.State,
        _ partition: PartitionName
    ) -> BackgroundOperation {
        var operation = BackgroundOperation(
            identifier: OperationIdentifier("o-\(state)"),
            kind: .rootKeyRotation,
            partition: partition,
            rootKey: rootKey(.active, partition),
            targetVersion: 2,
            total: 100_000,
            started: Samples.time
        )
        operation.done = 99_998
        if state != .running {
            operation.finish(state, left: 2, report: [1: 2, 2: 99_998], at: Samples.time.advanced(bySeconds: 9))
        }
        return operation
    }
}
