/// What a front asks a worker to do: the content of one message on the queue.
package struct Job: Hashable, Sendable {
    /// Made by the front, repeated in the logs of gateway and worker and in the audit trail.
    package let requestID: String
    /// The network address of the front's client, for the audit trail; it decides nothing.
    package let clientAddress: String
    package let content: Content

    package enum Content: Hashable, Sendable {
        /// From gateways only.
        case kmip(KMIPJob)
        /// From gateways only: whose certificate is this? `der` is the certificate itself, where the gateway gives it: one
        /// that is nobody's can then be listed for operators.
        case identifyClient(CertificateFingerprint, der: [UInt8]? = nil)
        /// From admin fronts only.
        case `operator`(OperatorJob)
    }

    package init(requestID: String, clientAddress: String, content: Content) {
        self.requestID = requestID
        self.clientAddress = clientAddress
        self.content = content
    }
}

/// A batch of operations of one client, in order.
package struct KMIPJob: Hashable, Sendable {
    /// Proven by the TLS handshake that the gateway ended.
    package let client: CertificateFingerprint
    /// Whether the operations behind one that fails are still tried (KMIP 1.4, 6.13: Continue), or not (Stop).
    package let continuesAfterFailure: Bool
    package let operations: [Operation]

    package init(client: CertificateFingerprint, continuesAfterFailure: Bool, operations: [Operation]) {
        self.client = client
        self.continuesAfterFailure = continuesAfterFailure
        self.operations = operations
    }
}

/// A worker's answer to a job.
package enum JobReply: Hashable, Sendable {
    /// One outcome for each operation, in order.
    case kmip([OperationOutcome])
    case client(ClientDescription)
    case `operator`(OperatorAnswer)
    /// The job as a whole failed.
    case failure(OperationFailure)
}

/// Who a client certificate belongs to, as far as a gateway must know to keep the connection.
package struct ClientDescription: Hashable, Sendable {
    package let instanceName: String
    package let isInService: Bool
    /// When the certificate ends: by its own date, or by an operator's decision.
    package let certificateNotAfter: Timestamp

    package init(instanceName: String, isInService: Bool, certificateNotAfter: Timestamp) {
        self.instanceName = instanceName
        self.isInService = isInService
        self.certificateNotAfter = certificateNotAfter
    }
}
