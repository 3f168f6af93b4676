/// Keys of an instance that an operator has ordered to be revoked, all for one reason, as workers go through them.
package struct RevocationOrder: Hashable, Sendable {
    /// So many keys take one order: its request fits into a message.
    package static let mostKeys = 1_000

    package let operation: OperationIdentifier
    package let instance: InstanceIdentifier
    package let reason: RevocationReason
    /// A key that was given out at that moment or later is in use, and is let alone; nil where it does not matter.
    package let notRetrievedSince: Timestamp?
    /// Who ordered it, by which request and from where: each key's record says so.
    package let requester: CertificateFingerprint
    package let requestID: String
    package let address: String

    package init(
        operation: OperationIdentifier,
        instance: InstanceIdentifier,
        reason: RevocationReason,
        notRetrievedSince: Timestamp?,
        orderedBy requester: CertificateFingerprint,
        requestID: String,
        address: String
    ) {
        self.operation = operation
        self.instance = instance
        self.reason = reason
        self.notRetrievedSince = notRetrievedSince
        self.requester = requester
        self.requestID = requestID
        self.address = address
    }
}
