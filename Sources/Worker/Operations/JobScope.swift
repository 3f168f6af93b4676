import HSM
import KeyModel

/// Who asks for a job's operations, what they may use for it, and when.
struct JobScope: Sendable {
    let requestID: String
    let address: String
    let client: CertificateFingerprint
    let instance: Instance
    /// What new objects are wrapped under.
    let rootKeyVersion: RootKeyVersion
    let rootTokenKey: TokenKeyIdentifier
    /// What material travels under to this job's gateway and to no other.
    let transportKey: TransportKeyReference
    let now: Timestamp
    /// The job was delivered before.
    let isRepeat: Bool

    func event(
        _ action: AuditEvent.Action,
        object: UniqueIdentifier?,
        failure: OperationFailure.Code? = nil
    ) -> AuditEvent {
        AuditEvent(
            action: action,
            initiator: "CertificateID-\(client)",
            address: address,
            instance: instance.identifier,
            object: object,
            failure: failure,
            requestID: requestID,
            isRepeat: isRepeat,
            time: now
        )
    }
}
