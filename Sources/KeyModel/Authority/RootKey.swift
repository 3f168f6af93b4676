/// A customer root key (CRK). The key itself never leaves the HSM; this is the record about it.
package struct RootKey: Hashable, Sendable {
    package enum Status: String, Hashable, Sendable, CaseIterable {
        case active, suspended
        /// Two key owners have ordered its deletion: out of use, and restorable until the waiting time is over.
        case deleting
        /// For good: its versions are destroyed, and so is every key under them. The record stays.
        case deleted
    }

    package let identifier: RootKeyIdentifier
    package let name: String
    package let partition: PartitionName
    package let status: Status
    package let created: Timestamp

    package init(
        identifier: RootKeyIdentifier,
        name: String,
        partition: PartitionName,
        status: Status,
        created: Timestamp
    ) {
        self.identifier = identifier
        self.name = name
        self.partition = partition
        self.status = status
        self.created = created
    }
}

/// One version of a root key: an AES-256 key in the token.
package struct RootKeyVersion: Hashable, Sendable {
    package enum Status: String, Hashable, Sendable, CaseIterable {
        /// New objects are wrapped under it.
        case current
        /// Unwraps only: objects or backups may still need it.
        case retired
        /// Of no more use to anyone: its key in the token is about to be destroyed.
        case destroying
        case destroyed
    }

    package let rootKey: RootKeyIdentifier
    /// From 1.
    package let version: Int
    package let status: Status
    /// CKA_ID of the key in the token, 16 random bytes: what it is found by.
    package let tokenKeyID: [UInt8]
    /// A key wrapped under this version when it was made. Workers unwrap it once a second to show that they can.
    package let canary: [UInt8]
    package let created: Timestamp

    package init(
        rootKey: RootKeyIdentifier,
        version: Int,
        status: Status,
        tokenKeyID: [UInt8],
        canary: [UInt8],
        created: Timestamp
    ) {
        self.rootKey = rootKey
        self.version = version
        self.status = status
        self.tokenKeyID = tokenKeyID
        self.canary = canary
        self.created = created
    }

    /// Whether something may be unwrapped with it, and workers are well only if they can.
    package var isLive: Bool { status == .current || status == .retired }
}

/// The RSA key pair in the token to which gateways and admin fronts encrypt the secrets of their tickets.
package struct TicketKey: Hashable, Sendable {
    package enum Status: String, Hashable, Sendable, CaseIterable {
        /// New tickets are made for it.
        case current
        /// Tickets made for it are still good until they expire.
        case retired
    }

    /// CKA_ID of the private key.
    package let tokenKeyID: [UInt8]
    package let partition: PartitionName
    package let status: Status
    /// The certificate with the role `ticket`, in DER.
    package let certificate: [UInt8]
    package let created: Timestamp

    package init(
        tokenKeyID: [UInt8],
        partition: PartitionName,
        status: Status,
        certificate: [UInt8],
        created: Timestamp
    ) {
        self.tokenKeyID = tokenKeyID
        self.partition = partition
        self.status = status
        self.certificate = certificate
        self.created = created
    }
}
