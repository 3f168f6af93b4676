package import KeyModel

/// Answers about instances in full, authorizations, operators and identities, as a worker gives them.
package enum AccessSamples {
    package static let time = Timestamp(secondsSince1970: 1_700_000_000)

    package static func instance(
        _ name: String = "kmip-ab",
        _ status: Instance.Status = .installed,
        keys: [ObjectState: Int] = [.active: 3, .destroyed: 1]
    ) -> InstanceDescription {
        InstanceDescription(
            instance: Instance(
                identifier: InstanceIdentifier("id-of-\(name)"),
                name: name,
                status: status,
                partition: Samples.partition.partition,
                rootKey: status == .inactive ? nil : RootKeyIdentifier("root-1"),
                created: time
            ),
            certificateCount: 0,
            objectCounts: keys
        )
    }

    package static func details(
        _ obstacle: ServiceObstacle?,
        _ description: InstanceDescription = instance()
    ) -> OperatorAnswer {
        .instance(
            .shown(
                InstanceDetails(
                    description: description,
                    rootKey: ("first", 2),
                    obstacle: obstacle,
                    certificates: [],
                    lastUse: obstacle == nil ? time : nil
                )
            )
        )
    }

    /// The first step of the removal is checked off.
    package static func removal(_ description: InstanceDescription = instance()) -> OperatorAnswer {
        let check = identity("x", 5).map {
            RemovalCheck(step: .virtualMachines, operator: $0.fingerprint, operatorName: "eve", time: time)
        }
        return .instance(
            .removalSteps(
                RemovalProgress(
                    description: description,
                    checks: check,
                    lastUse: time,
                    rootKey: ("first", ["kmip-cd"])
                )
            )
        )
    }

    package static func authorization(
        _ instance: String = "kmip-ab",
        roles: Set<ServiceAuthorization.Role> = Set(ServiceAuthorization.Role.allCases)
    ) -> AuthorizationDescription {
        AuthorizationDescription(
            authorization: ServiceAuthorization(
                instance: InstanceIdentifier("id-of-\(instance)"),
                rootKey: RootKeyIdentifier("root-1"),
                roles: roles
            ),
            instanceName: instance,
            rootKeyName: "first"
        )
    }

    package static func `operator`(
        _ name: String,
        _ byte: UInt8,
        _ status: Operator.Status = .inForce
    ) -> [Operator] {
        [CertificateFingerprint([UInt8](repeating: byte, count: 32))].compactMap { $0 }.map {
            Operator(fingerprint: $0, name: name, roles: [.viewer, .keyOwner], status: status, notAfter: time)
        }
    }

    package static func identity(
        _ name: String,
        _ byte: UInt8,
        _ role: ServiceRole = .gateway,
        _ status: ServiceIdentity.Status = .inForce
    ) -> [ServiceIdentity] {
        [CertificateFingerprint([UInt8](repeating: byte, count: 32))].compactMap { $0 }.map {
            ServiceIdentity(fingerprint: $0, name: name, role: role, status: status, notAfter: time)
        }
    }
}
