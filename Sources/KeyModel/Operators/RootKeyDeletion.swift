/// The deletion of a root key, from its order to its report, as the key store keeps it beside its operation.
package struct RootKeyDeletion: Hashable, Sendable {
    package let operation: OperationIdentifier
    package let rootKey: RootKeyIdentifier
    /// When the waiting time is over. Until then the root key can be restored.
    package let due: Timestamp
    /// The two key owners who signed, the one who asked first.
    package let owners: [CertificateFingerprint]
    /// CKA_IDs of the partition's ticket keys when it was ordered. What was recorded of the queue before can be opened with
    /// these, so that they are destroyed as well.
    package let ticketKeys: [[UInt8]]
    /// The serials of the tokens in which the versions were destroyed and looked for afterwards; empty before.
    package var tokenSerials: [String]

    package init(
        operation: OperationIdentifier,
        rootKey: RootKeyIdentifier,
        due: Timestamp,
        owners: [CertificateFingerprint],
        ticketKeys: [[UInt8]],
        tokenSerials: [String] = []
    ) {
        self.operation = operation
        self.rootKey = rootKey
        self.due = due
        self.owners = owners
        self.ticketKeys = ticketKeys
        self.tokenSerials = tokenSerials
    }

    /// What operators are told of one that is under way.
    package struct Description: Hashable, Sendable {
        package let operation: OperationIdentifier
        package let due: Timestamp
        /// Everything is destroyed but a ticket key that is in use: set-up has to put another in its place.
        package let isWaitingForTicketKey: Bool

        package init(operation: OperationIdentifier, due: Timestamp, isWaitingForTicketKey: Bool) {
            self.operation = operation
            self.due = due
            self.isWaitingForTicketKey = isWaitingForTicketKey
        }
    }
}

/// A key that went with its root key.
package struct LostKey: Hashable, Sendable {
    package let instance: InstanceIdentifier
    package let instanceName: String
    package let identifier: UniqueIdentifier
    /// What vCenter or another client calls it; nil where it has no name, or its record was damaged.
    package let name: String?

    package init(instance: InstanceIdentifier, instanceName: String, identifier: UniqueIdentifier, name: String?) {
        self.instance = instance
        self.instanceName = instanceName
        self.identifier = identifier
        self.name = name
    }
}

/// The report of a deletion, signed by the worker that ended it.
package struct SignedDeletionReport: Hashable, Sendable {
    /// JSON: `RootKeyDeletionReport` of `OperatorSignatures`.
    package let report: [UInt8]
    /// A detached JWS over it.
    package let signature: String
    /// The worker's certificate, in DER.
    package let certificate: [UInt8]

    package init(report: [UInt8], signature: String, certificate: [UInt8]) {
        self.report = report
        self.signature = signature
        self.certificate = certificate
    }
}

/// A part of a report, for a report can be larger than a message.
package struct DeletionReportPart: Hashable, Sendable {
    package static let byteCount = 1 << 20

    package let bytes: [UInt8]
    /// Of the whole report.
    package let totalByteCount: Int
    package let signature: String
    package let certificate: [UInt8]

    package init(bytes: [UInt8], totalByteCount: Int, signature: String, certificate: [UInt8]) {
        self.bytes = bytes
        self.totalByteCount = totalByteCount
        self.signature = signature
        self.certificate = certificate
    }

    /// - Returns: nil for an offset that is outside the report.
    package init?(of report: SignedDeletionReport, offset: Int) {
        guard (0..<max(report.report.count, 1)).contains(offset) else { return nil }
        self.init(
            bytes: Array(report.report[offset...].prefix(Self.byteCount)),
            totalByteCount: report.report.count,
            signature: report.signature,
            certificate: report.certificate
        )
    }
}
