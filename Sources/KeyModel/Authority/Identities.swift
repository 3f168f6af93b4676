/// What a service of the pipeline is.
package enum ServiceRole: String, Hashable, Sendable, CaseIterable {
    case gateway, admin, worker, ticket
}

/// A service certificate that is in force. A certificate that is not listed, or is revoked, has no authority, whoever
/// signed it.
package struct ServiceIdentity: Hashable, Sendable {
    package enum Status: String, Hashable, Sendable, CaseIterable {
        case inForce = "in-force"
        case revoked
    }

    package let fingerprint: CertificateFingerprint
    package let name: String
    package let role: ServiceRole
    package let status: Status
    package let notAfter: Timestamp

    package init(
        fingerprint: CertificateFingerprint,
        name: String,
        role: ServiceRole,
        status: Status,
        notAfter: Timestamp
    ) {
        self.fingerprint = fingerprint
        self.name = name
        self.role = role
        self.status = status
        self.notAfter = notAfter
    }
}

/// A person, or a script of one, who may use the admin front: by certificate.
package struct Operator: Hashable, Sendable {
    package enum Role: String, Hashable, Sendable, CaseIterable {
        case viewer
        case kmipManager = "kmip-manager"
        case keyOwner = "key-owner"
        case auditor
    }

    package enum Status: String, Hashable, Sendable, CaseIterable {
        case inForce = "in-force"
        case revoked
    }

    package let fingerprint: CertificateFingerprint
    package let name: String
    package let roles: Set<Role>
    package let status: Status
    package let notAfter: Timestamp

    package init(
        fingerprint: CertificateFingerprint,
        name: String,
        roles: Set<Role>,
        status: Status,
        notAfter: Timestamp
    ) {
        self.fingerprint = fingerprint
        self.name = name
        self.roles = roles
        self.status = status
        self.notAfter = notAfter
    }
}

/// The permission that the owner of a root key gives an instance to use it.
package struct ServiceAuthorization: Hashable, Sendable {
    package enum Role: String, Hashable, Sendable, CaseIterable {
        case viewer
        case vmwareKMIPManager = "vmware-kmip-manager"
    }

    package let instance: InstanceIdentifier
    package let rootKey: RootKeyIdentifier
    package let roles: Set<Role>

    package init(instance: InstanceIdentifier, rootKey: RootKeyIdentifier, roles: Set<Role>) {
        self.instance = instance
        self.rootKey = rootKey
        self.roles = roles
    }

    /// Both roles are needed for service.
    package var allowsService: Bool { roles == Set(Role.allCases) }
}
