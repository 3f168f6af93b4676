package import FoundationEssentials

/// What an operator has signed himself (`SignedStatement` in openapi.yaml).
package struct SignedStatementResource: Codable, Hashable, Sendable {
    /// The statement: JSON in the one encoding that is signed.
    package let statement: String
    /// A detached JWS over its bytes (RFC 7515, appendix F), by ES256.
    package let signature: String
    /// The signer's certificate.
    package let certificatePem: String

    package init(statement: String, signature: String, certificatePem: String) {
        self.statement = statement
        self.signature = signature
        self.certificatePem = certificatePem
    }
}

/// The permission of a root key's owner for an instance (`Authorization` in openapi.yaml).
package struct AuthorizationResource: Codable, Hashable, Sendable {
    /// The name of the instance.
    package let instance: String
    package let instanceIdentifier: String
    /// The identifier of the root key.
    package let rootKey: String
    package let rootKeyName: String
    /// `viewer`, `vmware-kmip-manager`.
    package let roles: [String]
    /// Whether these roles suffice for service: both are needed.
    package let allowsService: Bool

    package init(
        instance: (name: String, identifier: String),
        rootKey: (name: String, identifier: String),
        roles: [String],
        allowsService: Bool
    ) {
        self.instance = instance.name
        instanceIdentifier = instance.identifier
        self.rootKey = rootKey.identifier
        rootKeyName = rootKey.name
        self.roles = roles
        self.allowsService = allowsService
    }
}

/// Roles for an instance, signed by the root key's owner (`AuthorizationGrant` in openapi.yaml).
package struct AuthorizationGrant: Codable, Hashable, Sendable {
    package let roles: [String]
    package let signed: SignedStatementResource

    package init(roles: [String], signed: SignedStatementResource) {
        self.roles = roles
        self.signed = signed
    }
}

/// An operator (`Operator` in openapi.yaml).
package struct OperatorResource: Codable, Hashable, Sendable {
    package let name: String
    /// SHA-256 of the certificate, as 64 lower-case hexadecimal digits.
    package let fingerprint: String
    /// `viewer`, `kmip-manager`, `key-owner`, `auditor`.
    package let roles: [String]
    /// `in-force` or `revoked`.
    package let status: String
    package let notAfter: Date

    package init(name: String, fingerprint: String, roles: [String], status: String, notAfter: Date) {
        self.name = name
        self.fingerprint = fingerprint
        self.roles = roles
        self.status = status
        self.notAfter = notAfter
    }
}

/// An operator to admit (`NewOperator` in openapi.yaml).
package struct NewOperator: Codable, Hashable, Sendable {
    package let name: String
    package let pem: String
    package let roles: [String]
    /// The fingerprint of the certificate in force that it takes the place of; nil for a new operator.
    package let replaces: String?
    package let signed: SignedStatementResource

    package init(
        name: String,
        pem: String,
        roles: [String],
        replaces: String? = nil,
        signed: SignedStatementResource
    ) {
        self.name = name
        self.pem = pem
        self.roles = roles
        self.replaces = replaces
        self.signed = signed
    }
}

/// The identity of a gateway, an admin front or a worker (`ServiceIdentity` in openapi.yaml).
package struct ServiceIdentityResource: Codable, Hashable, Sendable {
    package let name: String
    /// SHA-256 of the certificate, as 64 lower-case hexadecimal digits.
    package let fingerprint: String
    /// `gateway`, `admin`, `worker` or `ticket`.
    package let role: String
    /// `in-force` or `revoked`.
    package let status: String
    package let notAfter: Date

    package init(name: String, fingerprint: String, role: String, status: String, notAfter: Date) {
        self.name = name
        self.fingerprint = fingerprint
        self.role = role
        self.status = status
        self.notAfter = notAfter
    }
}

/// A service to believe (`NewIdentity` in openapi.yaml).
package struct NewIdentity: Codable, Hashable, Sendable {
    package let name: String
    package let pem: String
    /// The fingerprint of the identity in force that it takes the place of; nil for a new service.
    package let replaces: String?
    package let signed: SignedStatementResource

    package init(name: String, pem: String, replaces: String?, signed: SignedStatementResource) {
        self.name = name
        self.pem = pem
        self.replaces = replaces
        self.signed = signed
    }
}

/// How an identity is to be revoked (`IdentityRevocation` in openapi.yaml).
package struct IdentityRevocation: Codable, Hashable, Sendable {
    /// Whether it may be that of the admin front that is asked.
    package let evenThisFront: Bool

    package init(evenThisFront: Bool) {
        self.evenThisFront = evenThisFront
    }
}
