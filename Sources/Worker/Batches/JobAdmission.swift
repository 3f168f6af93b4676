import HSM
import JobSealing
import KeyModel

/// A job that was opened, whose sender may send it: what is left is to do it.
struct AdmittedJob {
    /// Where it stands in the batch.
    let position: Int
    let opened: OpenedJob<TransportKeyReference>
    let job: Job
    let isRedelivered: Bool

    var sender: CertificateFingerprint { opened.ticket.sender.fingerprint }
}

/// Decides whether a job may be done at all, from what is already verified. No I/O.
struct JobAdmission {
    let partition: PartitionName
    let authority: Authority
    /// Milliseconds since 1970.
    let now: Int64

    /// How far the clocks of a front and of a worker may be apart, in milliseconds.
    static let clockAllowance: Int64 = 5_000

    /// Checks what stands on the outside, before anything is opened.
    func check(_ header: MessageHeader) throws(SealingError) {
        guard header.partition == partition else { throw SealingError(.wrongPartition) }
    }

    /// Checks the opened job: deadline, the sender's identity and status, and whether its role may send this kind.
    ///
    /// This is looked at for every job; that its ticket was accepted once says nothing.
    func check(_ opened: OpenedJob<TransportKeyReference>, _ job: Job) throws(OperationFailure) {
        guard opened.header.deadline >= now else { throw OperationFailure(.deadlinePassed) }
        guard opened.header.deadline <= now + MessageHeader.longestDeadline + Self.clockAllowance else {
            throw OperationFailure(.invalidField)
        }
        let sender = opened.ticket.sender
        let today = Timestamp(secondsSince1970: now / 1_000)
        guard let service = authority.service(sender.fingerprint, at: today), service.role == sender.role else {
            throw OperationFailure(.senderNotAuthorized)
        }
        let isAllowed =
            switch (job.content, sender.role, opened.header.jobClass) {
            case (.kmip, .gateway, .interactive), (.identifyClient, .gateway, .interactive): true
            case (.operator, .admin, .operator): true
            default: false
            }
        guard isAllowed else { throw OperationFailure(.senderNotAuthorized) }
    }
}
