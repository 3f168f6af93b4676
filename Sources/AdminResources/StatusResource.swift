package import FoundationEssentials

/// What the admin front hears of the whole service (`Status` in openapi.yaml).
package struct StatusResource: Codable, Hashable, Sendable {
    package enum Condition: String, Codable, Hashable, Sendable, CaseIterable {
        /// Every partition serves, every worker is healthy and a gateway is there.
        case serving
        /// Keys are served somewhere, but not everything is as it should be.
        case degraded
        /// No partition serves keys, or no gateway is there.
        case down
    }

    package let condition: Condition
    package let partitions: [PartitionResource]
    package let workers: [WorkerResource]
    /// Gateways and admin fronts.
    package let fronts: [FrontResource]
    /// Those that have expired or will within 30 days, the first to end first. Without a worker's answer, those of servers.
    package let expiringCertificates: [ExpiringCertificateResource]

    package init(
        condition: Condition,
        partitions: [PartitionResource],
        workers: [WorkerResource],
        fronts: [FrontResource],
        expiringCertificates: [ExpiringCertificateResource]
    ) {
        self.condition = condition
        self.partitions = partitions
        self.workers = workers
        self.fronts = fronts
        self.expiringCertificates = expiringCertificates
    }
}

package struct ExpiringCertificateResource: Codable, Hashable, Sendable {
    /// `client`, `identity`, `operator` or `server`.
    package let kind: String
    /// A client's is the instance's and its own.
    package let name: String
    package let notAfter: Date

    package init(kind: String, name: String, notAfter: Date) {
        self.kind = kind
        self.name = name
        self.notAfter = notAfter
    }
}

package struct PartitionResource: Codable, Hashable, Sendable {
    package let name: String
    /// Whether gateways serve the partition's keys now: a healthy worker is heard.
    package let isServing: Bool
    /// Messages that wait, by job class.
    package let queueDepths: [String: Int]
    /// What a worker of the partition answered; absent where none did.
    package let details: PartitionDetails?

    package init(name: String, isServing: Bool, queueDepths: [String: Int], details: PartitionDetails?) {
        self.name = name
        self.isServing = isServing
        self.queueDepths = queueDepths
        self.details = details
    }
}

package struct PartitionDetails: Codable, Hashable, Sendable {
    package let authorityGeneration: UInt64
    /// The serial number of the HSM's token.
    package let tokenSerial: String
    package let rootKeys: [RootKeyResource]

    package init(authorityGeneration: UInt64, tokenSerial: String, rootKeys: [RootKeyResource]) {
        self.authorityGeneration = authorityGeneration
        self.tokenSerial = tokenSerial
        self.rootKeys = rootKeys
    }
}

package struct RootKeyResource: Codable, Hashable, Sendable {
    package let identifier: String
    package let name: String
    /// `active`, `suspended`, `deleting` or `deleted`.
    package let status: String
    /// The version that new keys are wrapped under; absent where there is none.
    package let currentVersion: Int?
    /// The deletion that waits, or is at work.
    package let deletion: RootKeyDeletionResource?

    package init(
        identifier: String,
        name: String,
        status: String,
        currentVersion: Int?,
        deletion: RootKeyDeletionResource? = nil
    ) {
        self.identifier = identifier
        self.name = name
        self.status = status
        self.currentVersion = currentVersion
        self.deletion = deletion
    }
}

package struct WorkerResource: Codable, Hashable, Sendable {
    package enum Health: String, Codable, Hashable, Sendable, CaseIterable {
        case healthy
        case hsmFailing = "hsm-failing"
        case storeFailing = "store-failing"
        /// Not heard for three seconds.
        case silent
    }

    package let name: String
    package let partition: String
    package let health: Health
    package let millisecondsSinceHeard: Int
    package let authorityGeneration: UInt64
    package let hsmSessions: Int
    /// Since the worker's start.
    package let jobsDone: UInt64

    package init(
        name: String,
        partition: String,
        health: Health,
        millisecondsSinceHeard: Int,
        authorityGeneration: UInt64,
        hsmSessions: Int,
        jobsDone: UInt64
    ) {
        self.name = name
        self.partition = partition
        self.health = health
        self.millisecondsSinceHeard = millisecondsSinceHeard
        self.authorityGeneration = authorityGeneration
        self.hsmSessions = hsmSessions
        self.jobsDone = jobsDone
    }
}

package struct FrontResource: Codable, Hashable, Sendable {
    package let name: String
    /// `gateway` or `admin`.
    package let role: String
    /// Whether it was heard within the last three seconds.
    package let isHeard: Bool
    package let millisecondsSinceHeard: Int
    package let openConnections: Int
    package let jobsInFlight: Int

    package init(
        name: String,
        role: String,
        isHeard: Bool,
        millisecondsSinceHeard: Int,
        openConnections: Int,
        jobsInFlight: Int
    ) {
        self.name = name
        self.role = role
        self.isHeard = isHeard
        self.millisecondsSinceHeard = millisecondsSinceHeard
        self.openConnections = openConnections
        self.jobsInFlight = jobsInFlight
    }
}
