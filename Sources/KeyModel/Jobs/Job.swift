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
        /// From gateways only: whose certificate is this?
        case identifyClient(CertificateFingerprint)
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

/// A request of an operator.
package struct OperatorJob: Hashable, Sendable {
    /// Proven by the TLS handshake that the admin front ended.
    package let requester: CertificateFingerprint
    package let request: Request

    package enum Request: Hashable, Sendable {
        case listInstances
        case listCertificates(instanceName: String)
        case addCertificate(instanceName: String, certificateName: String, der: [UInt8])
        case removeCertificate(instanceName: String, certificateName: String)
        case describePartition
    }

    package init(requester: CertificateFingerprint, request: Request) {
        self.requester = requester
        self.request = request
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
    package let certificateNotAfter: Timestamp

    package init(instanceName: String, isInService: Bool, certificateNotAfter: Timestamp) {
        self.instanceName = instanceName
        self.isInService = isInService
        self.certificateNotAfter = certificateNotAfter
    }
}

/// What an operator asked for.
package enum OperatorAnswer: Hashable, Sendable {
    case instances([InstanceDescription])
    case certificates([ClientCertificate])
    case certificateAdded(ClientCertificate)
    case certificateRemoved(CertificateFingerprint)
    case partition(PartitionDescription)
}

/// An instance as operators see it.
package struct InstanceDescription: Hashable, Sendable {
    package let instance: Instance
    package let certificateCount: Int
    /// How many objects there are in each state; states without any are left out.
    package let objectCounts: [ObjectState: Int]

    package init(instance: Instance, certificateCount: Int, objectCounts: [ObjectState: Int]) {
        self.instance = instance
        self.certificateCount = certificateCount
        self.objectCounts = objectCounts
    }
}

/// A partition as operators see it.
package struct PartitionDescription: Hashable, Sendable {
    package struct RootKeyDescription: Hashable, Sendable {
        package let rootKey: RootKey
        package let currentVersion: Int?

        package init(rootKey: RootKey, currentVersion: Int?) {
            self.rootKey = rootKey
            self.currentVersion = currentVersion
        }
    }

    package let partition: PartitionName
    package let authorityGeneration: UInt64
    package let tokenSerial: String
    package let rootKeys: [RootKeyDescription]

    package init(
        partition: PartitionName,
        authorityGeneration: UInt64,
        tokenSerial: String,
        rootKeys: [RootKeyDescription]
    ) {
        self.partition = partition
        self.authorityGeneration = authorityGeneration
        self.tokenSerial = tokenSerial
        self.rootKeys = rootKeys
    }
}
