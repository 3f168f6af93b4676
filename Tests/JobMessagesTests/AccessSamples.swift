import KeyModel

/// Requests and answers about instances in full, authorizations, operators and identities.
enum AccessSamples {
    private static let signed = SignedStatement(
        statement: Array("{}".utf8),
        signature: "eyJhbGciOiJFUzI1NiJ9..AAAA",
        certificate: [0x30, 0x03, 0x02, 0x01, 0x05]
    )
    private static let time = Timestamp(secondsSince1970: 1_700_000_000)

    private static func fingerprint(_ byte: UInt8) -> [CertificateFingerprint] {
        [CertificateFingerprint([UInt8](repeating: byte, count: 32))].compactMap { $0 }
    }

    static func requests() -> [OperatorJob.Request] {
        var requests: [OperatorJob.Request] = [
            .instance(.show(name: "kmip-01")), .instance(.create(name: nil)), .instance(.create(name: "kmip-zz")),
            .instance(.activate(name: "kmip-01", rootKey: "first")), .instance(.deactivate(name: "kmip-01")),
            .instance(.remove(name: "kmip-01", repeatedName: nil)),
            .instance(.remove(name: "kmip-01", repeatedName: "kmip-01")),
            .authorization(.list(rootKey: "first")),
            .authorization(.withdraw(rootKey: "first", instance: "kmip-01")),
            .registeredOperator(.list), .identity(.list),
            .registeredOperator(.add(name: "eve", der: [0x30, 0x00], roles: [.viewer, .auditor], signed: signed)),
            .identity(.add(name: "gateway-2", der: [0x30, 0x00], signed: signed)),
        ]
        requests.append(.instance(.removalSteps(name: "kmip-01")))
        requests += RemovalStep.allCases.map {
            .instance(.checkRemovalStep(name: "kmip-01", $0, isChecked: $0 != .hosts))
        }
        for roles in [[.viewer], Set(ServiceAuthorization.Role.allCases)] as [Set<ServiceAuthorization.Role>] {
            requests.append(
                .authorization(.grant(rootKey: "first", instance: "kmip-01", roles: roles, signed: signed))
            )
        }
        for fingerprint in fingerprint(7) {
            requests.append(.registeredOperator(.revoke(fingerprint)))
            requests.append(
                .registeredOperator(
                    .add(name: "eve", der: [0x30], roles: [.viewer], replaced: fingerprint, signed: signed)
                )
            )
            requests.append(.identity(.add(name: "one", der: [0x30], replaced: fingerprint, signed: signed)))
            requests += [true, false].map { .identity(.revoke(fingerprint, isOwnMeant: $0)) }
        }
        return requests
    }

    static func answers(_ instance: InstanceDescription, _ certificate: ClientCertificate) -> [OperatorAnswer] {
        let obstacles: [ServiceObstacle?] = [nil] + ServiceObstacle.allCases
        let details = obstacles.map { obstacle in
            InstanceDetails(
                description: instance,
                rootKey: obstacle == nil ? ("first", 4) : (nil, nil),
                obstacle: obstacle,
                certificates: obstacle == nil ? [certificate] : [],
                lastUse: obstacle == nil ? time : nil
            )
        }
        let authorization = AuthorizationDescription(
            authorization: ServiceAuthorization(
                instance: InstanceIdentifier("i"),
                rootKey: RootKeyIdentifier("r"),
                roles: [.vmwareKMIPManager]
            ),
            instanceName: "kmip-01",
            rootKeyName: "first"
        )
        let checks = fingerprint(8).flatMap { fingerprint in
            RemovalStep.allCases.map {
                RemovalCheck(step: $0, operator: fingerprint, operatorName: $0 == .keys ? nil : "eve", time: time)
            }
        }
        let removals = [checks, []].map { checks in
            RemovalProgress(
                description: instance,
                checks: checks,
                lastUse: checks.isEmpty ? nil : time,
                rootKey: checks.isEmpty ? (nil, []) : ("first", ["kmip-02"])
            )
        }
        return details.map { .instance(.shown($0)) } + removals.map { .instance(.removalSteps($0)) } + [
            .instance(.changed(instance)), .instance(.removed(instance.instance, remainingKeys: 70_000)),
            .authorization(.list([authorization])), .authorization(.granted(authorization)),
            .authorization(.withdrawn(authorization)),
        ] + fingerprint(9).flatMap { identityAnswers($0) }
    }

    private static func identityAnswers(_ fingerprint: CertificateFingerprint) -> [OperatorAnswer] {
        let operators = Operator.Status.allCases.map { status in
            Operator(
                fingerprint: fingerprint,
                name: "eve",
                roles: status == .inForce ? Set(Operator.Role.allCases) : [],
                status: status,
                notAfter: time
            )
        }
        let services = ServiceRole.allCases.map { role in
            ServiceIdentity(fingerprint: fingerprint, name: "one", role: role, status: .revoked, notAfter: time)
        }
        return [.registeredOperator(.list(operators)), .identity(.list(services))]
            + operators.flatMap { [.registeredOperator(.added($0)), .registeredOperator(.revoked($0))] }
            + services.flatMap { [.identity(.added($0)), .identity(.revoked($0))] }
    }
}
