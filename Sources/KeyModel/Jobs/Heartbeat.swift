/// What a worker says of itself once a second.
package struct Heartbeat: Hashable, Sendable {
    package enum Health: Int, Hashable, Sendable {
        case healthy = 1
        /// A canary did not unwrap, or no HSM session works.
        case hsmFailing = 2
        /// A write to the store failed.
        case storeFailing = 3

        /// For people.
        package var summary: String {
            switch self {
            case .healthy: "healthy"
            case .hsmFailing: "the HSM can't unwrap a canary"
            case .storeFailing: "the key store takes no write"
            }
        }
    }

    /// Random, new at every start of the process: tells a restarted worker from the one before.
    package let bootID: [UInt8]
    /// Counts this process's messages on the fleet exchange, heartbeats and notices alike, from 1.
    package let sequence: UInt64
    /// Milliseconds since 1970 by the worker's clock, which is the one that judges deadlines.
    package let time: Int64
    package let partition: PartitionName
    package let workerName: String
    package let health: Health
    package let authorityGeneration: UInt64
    /// The certificate of the ticket key to make tickets for, in DER.
    package let ticketKeyCertificate: [UInt8]
    package let hsmSessions: Int
    package let jobsDone: UInt64

    package init(
        bootID: [UInt8],
        sequence: UInt64,
        time: Int64,
        partition: PartitionName,
        workerName: String,
        health: Health,
        authorityGeneration: UInt64,
        ticketKeyCertificate: [UInt8],
        hsmSessions: Int,
        jobsDone: UInt64
    ) {
        self.bootID = bootID
        self.sequence = sequence
        self.time = time
        self.partition = partition
        self.workerName = workerName
        self.health = health
        self.authorityGeneration = authorityGeneration
        self.ticketKeyCertificate = ticketKeyCertificate
        self.hsmSessions = hsmSessions
        self.jobsDone = jobsDone
    }
}

/// Word of a change that fronts must act upon at once.
package struct ChangeNotice: Hashable, Sendable {
    package enum Subject: Hashable, Sendable {
        case certificate(CertificateFingerprint)
        case instance(InstanceIdentifier)
        case rootKey(RootKeyIdentifier)
        case identity(CertificateFingerprint)
    }

    package let bootID: [UInt8]
    package let sequence: UInt64
    /// Milliseconds since 1970.
    package let time: Int64
    package let partition: PartitionName
    package let authorityGeneration: UInt64
    package let subject: Subject

    package init(
        bootID: [UInt8],
        sequence: UInt64,
        time: Int64,
        partition: PartitionName,
        authorityGeneration: UInt64,
        subject: Subject
    ) {
        self.bootID = bootID
        self.sequence = sequence
        self.time = time
        self.partition = partition
        self.authorityGeneration = authorityGeneration
        self.subject = subject
    }
}

/// What a front shows to its clients.
package struct FrontEndpoint: Hashable, Sendable {
    /// Longer ones are not believed, in bytes.
    package static let longestAddress = 272
    package static let longestCertificate = 16_384

    /// Where clients reach it, as host and port; nil where its configuration does not say.
    package let address: String?
    /// Its TLS certificate, in DER.
    package let certificate: [UInt8]

    package init(address: String?, certificate: [UInt8]) {
        self.address = address
        self.certificate = certificate
    }
}

/// What a gateway or an admin front says of itself once a second, so that operators see who is there. It confers
/// nothing.
package struct FrontHeartbeat: Hashable, Sendable {
    package let bootID: [UInt8]
    package let sequence: UInt64
    /// Milliseconds since 1970 by the front's clock.
    package let time: Int64
    package let name: String
    package let role: ServiceRole
    package let openConnections: Int
    package let jobsInFlight: Int
    /// Nil from a front that is older than this word.
    package let endpoint: FrontEndpoint?

    package init(
        bootID: [UInt8],
        sequence: UInt64,
        time: Int64,
        name: String,
        role: ServiceRole,
        openConnections: Int,
        jobsInFlight: Int,
        endpoint: FrontEndpoint? = nil
    ) {
        self.bootID = bootID
        self.sequence = sequence
        self.time = time
        self.name = name
        self.role = role
        self.openConnections = openConnections
        self.jobsInFlight = jobsInFlight
        self.endpoint = endpoint
    }
}
