/// Everything that decides who may do what, at one generation: the tables that confer authority, as one value.
///
/// A worker reads it whole, verifies it whole, and decides every job by it; a change makes the next generation.
package struct Authority: Hashable, Sendable {
    /// Counts changes, from 1.
    package var generation: UInt64
    /// The generation of the last change that must never be undone: of anything but ticket keys, which confer nothing and
    /// are worthless once the token has them no more. It is anchored in the token: an older one than the anchor is refused.
    package var anchoredGeneration: UInt64
    package var instances: [Instance]
    package var certificates: [ClientCertificate]
    package var rootKeys: [RootKey]
    package var rootKeyVersions: [RootKeyVersion]
    package var ticketKeys: [TicketKey]
    package var authorizations: [ServiceAuthorization]
    package var services: [ServiceIdentity]
    package var operators: [Operator]

    package init(generation: UInt64) {
        self.generation = generation
        self.anchoredGeneration = generation
        self.instances = []
        self.certificates = []
        self.rootKeys = []
        self.rootKeyVersions = []
        self.ticketKeys = []
        self.authorizations = []
        self.services = []
        self.operators = []
    }

    package func instance(_ identifier: InstanceIdentifier) -> Instance? {
        instances.first { $0.identifier == identifier }
    }

    /// The version of a root key under which new objects are wrapped; nil where the key may not be used.
    package func currentVersion(of rootKey: RootKeyIdentifier) -> RootKeyVersion? {
        rootKeyVersions.first { $0.rootKey == rootKey && $0.status == .current }
    }

    /// The root key that may serve `instance` now: the instance is installed, its root key active, and its owner has
    /// authorized it.
    ///
    /// - Throws: `instanceNotInService`.
    package func rootKeyInService(for instance: Instance) throws(OperationFailure) -> RootKey {
        guard instance.status == .installed, let identifier = instance.rootKey,
            let rootKey = rootKeys.first(where: { $0.identifier == identifier }), rootKey.status == .active,
            authorizations.contains(where: {
                $0.instance == instance.identifier && $0.rootKey == identifier && $0.allowsService
            })
        else { throw OperationFailure(.instanceNotInService) }
        return rootKey
    }

    /// Who a client is by its certificate.
    ///
    /// - Throws: `notRegistered` for a certificate that is not listed or is out of its dates.
    package func client(
        _ fingerprint: CertificateFingerprint,
        at now: Timestamp
    ) throws(OperationFailure) -> (certificate: ClientCertificate, instance: Instance) {
        guard let certificate = certificates.first(where: { $0.fingerprint == fingerprint }),
            certificate.isInForce(at: now), let instance = instance(certificate.instance)
        else { throw OperationFailure(.notRegistered) }
        return (certificate, instance)
    }

    /// The service with that certificate, if it is in force.
    package func service(_ fingerprint: CertificateFingerprint, at now: Timestamp) -> ServiceIdentity? {
        services.first { $0.fingerprint == fingerprint && $0.status == .inForce && now <= $0.notAfter }
    }

    /// The operator with that certificate, if it is in force.
    package func `operator`(_ fingerprint: CertificateFingerprint, at now: Timestamp) -> Operator? {
        operators.first { $0.fingerprint == fingerprint && $0.status == .inForce && now <= $0.notAfter }
    }
}
