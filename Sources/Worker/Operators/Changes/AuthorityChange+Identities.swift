import Cryptography
import JobSealing
import KeyModel

/// Changes of who may use the admin front, and of what services are believed.
extension Authority {
    func changed(
        by request: RegisteredOperatorRequest,
        in context: ChangeContext
    ) throws(OperationFailure) -> AuthorityChange {
        switch request {
        case .add(let name, let der, let roles, let replaced, _):
            guard let signer = context.statement?.signer else { throw OperationFailure(.statementNotAccepted) }
            return try adding(name, der, roles, inPlaceOf: replaced, by: signer, context)
        case .revoke(let fingerprint): return try revokingOperator(fingerprint, context)
        case .list: preconditionFailure("reads change nothing")
        }
    }

    func changed(
        by request: ServiceIdentityRequest,
        in context: ChangeContext
    ) throws(OperationFailure) -> AuthorityChange {
        switch request {
        case .add(let name, let der, let replaced, _):
            guard context.statement != nil else { throw OperationFailure(.statementNotAccepted) }
            return try adding(name, der, inPlaceOf: replaced, context)
        case .revoke(let fingerprint, let isOwnMeant):
            return try revokingIdentity(fingerprint, isOwnMeant: isOwnMeant, context)
        case .list: preconditionFailure("reads change nothing")
        }
    }

    /// Believes a service of the services CA. The certificate says its role; a ticket key's is set-up's alone to make.
    private func adding(
        _ name: String,
        _ der: [UInt8],
        inPlaceOf replaced: CertificateFingerprint?,
        _ context: ChangeContext
    ) throws(OperationFailure) -> AuthorityChange {
        guard Self.isName(name) else { throw OperationFailure(.invalidField) }
        // P-256, for what services sign is verified by ES256.
        guard let certificate = try? Certificate(der: der), certificate.publicKey.algorithm == .p256,
            let verified = try? context.trust.identity(of: certificate, now: context.now.secondsSince1970 * 1_000),
            verified.role != .ticket
        else { throw OperationFailure(.certificateInvalid) }
        let isTaken = services.contains {
            $0.fingerprint == verified.fingerprint
                || (replaced == nil && $0.name == name && $0.status == .inForce && $0.notAfter >= context.now)
        }
        guard !isTaken else { throw OperationFailure(.alreadyExists) }
        if let replaced {
            let isThere = services.contains {
                $0.fingerprint == replaced && $0.status == .inForce && $0.name == name && $0.role == verified.role
            }
            guard isThere else { throw OperationFailure(.itemNotFound) }
        }
        let added = ServiceIdentity(
            fingerprint: verified.fingerprint,
            name: name,
            role: verified.role,
            status: .inForce,
            notAfter: Timestamp(secondsSince1970: certificate.notAfter)
        )
        var next = self
        next.services.append(added)
        return AuthorityChange(
            next: next,
            answer: .identity(.added(added)),
            action: .identityAdd,
            instance: nil,
            notices: [.identity(added.fingerprint)],
            object: UniqueIdentifier(added.fingerprint.description)
        )
    }

    private func revokingIdentity(
        _ fingerprint: CertificateFingerprint,
        isOwnMeant: Bool,
        _ context: ChangeContext
    ) throws(OperationFailure) -> AuthorityChange {
        guard let index = services.firstIndex(where: { $0.fingerprint == fingerprint && $0.status == .inForce }) else {
            throw OperationFailure(.itemNotFound)
        }
        guard isOwnMeant || fingerprint != context.sender else { throw OperationFailure(.wouldLockOut) }
        var next = self
        let revoked = services[index].revoked
        next.services[index] = revoked
        return AuthorityChange(
            next: next,
            answer: .identity(.revoked(revoked)),
            action: .identityRevoke,
            instance: nil,
            notices: [.identity(fingerprint)],
            object: UniqueIdentifier(fingerprint.description)
        )
    }

    /// Whom an operator may admit: nobody gives what he has not himself. The viewer's role shows what every role sees.
    private static func mayAdmit(
        _ signer: Operator,
        roles: Set<Operator.Role>,
        inPlaceOf replaced: CertificateFingerprint?
    ) -> Bool {
        if signer.fingerprint == replaced { return roles.isSubset(of: signer.roles) }
        guard signer.roles.contains(.keyOwner) || signer.roles.contains(.kmipManager) else { return false }
        return roles.isSubset(of: signer.roles.union([.viewer]))
    }

    private func adding(
        _ name: String,
        _ der: [UInt8],
        _ roles: Set<Operator.Role>,
        inPlaceOf replaced: CertificateFingerprint?,
        by signer: Operator,
        _ context: ChangeContext
    ) throws(OperationFailure) -> AuthorityChange {
        guard Self.isName(name), !roles.isEmpty else { throw OperationFailure(.invalidField) }
        guard Self.mayAdmit(signer, roles: roles, inPlaceOf: replaced) else {
            throw OperationFailure(.operatorNotAuthorized)
        }
        // P-256, for what operators sign is verified by ES256.
        guard let parsed = try? Certificate(der: der),
            let fingerprint = CertificateFingerprint(parsed.fingerprintSHA256),
            parsed.publicKey.algorithm == .p256,
            context.operatorsTrust.hasIssued(parsed, at: context.now.secondsSince1970)
        else { throw OperationFailure(.certificateInvalid) }
        let isTaken = operators.contains {
            $0.fingerprint == fingerprint
                || (replaced == nil && $0.name == name && $0.status == .inForce && $0.notAfter >= context.now)
        }
        guard !isTaken else { throw OperationFailure(.alreadyExists) }
        if let replaced {
            let isThere = operators.contains {
                $0.fingerprint == replaced && $0.status == .inForce && $0.name == name && roles.isSubset(of: $0.roles)
            }
            guard isThere else { throw OperationFailure(.itemNotFound) }
        }
        let added = Operator(
            fingerprint: fingerprint,
            name: name,
            roles: roles,
            status: .inForce,
            notAfter: Timestamp(secondsSince1970: parsed.notAfter)
        )
        var next = self
        next.operators.append(added)
        return change(to: next, .added(added), .operatorAdd, of: added)
    }

    private func revokingOperator(
        _ fingerprint: CertificateFingerprint,
        _ context: ChangeContext
    ) throws(OperationFailure) -> AuthorityChange {
        guard let index = operators.firstIndex(where: { $0.fingerprint == fingerprint && $0.status == .inForce }) else {
            throw OperationFailure(.itemNotFound)
        }
        var next = self
        let revoked = operators[index].revoked
        next.operators[index] = revoked
        // Nobody gives a role that he has not: without these two, nobody would ever have them again.
        for role in [Operator.Role.keyOwner, .kmipManager] where revoked.roles.contains(role) {
            let isThereAnother = next.operators.contains {
                $0.status == .inForce && $0.notAfter >= context.now && $0.roles.contains(role)
            }
            guard isThereAnother else { throw OperationFailure(.wouldLockOut) }
        }
        return change(to: next, .revoked(revoked), .operatorRevoke, of: revoked)
    }

    private func change(
        to next: Authority,
        _ answer: RegisteredOperatorAnswer,
        _ action: AuditEvent.Action,
        of operator: Operator
    ) -> AuthorityChange {
        AuthorityChange(
            next: next,
            answer: .registeredOperator(answer),
            action: action,
            instance: nil,
            notices: [.identity(`operator`.fingerprint)],
            object: UniqueIdentifier(`operator`.fingerprint.description)
        )
    }
}

extension Operator {
    fileprivate var revoked: Operator {
        Operator(fingerprint: fingerprint, name: name, roles: roles, status: .revoked, notAfter: notAfter)
    }
}

extension ServiceIdentity {
    fileprivate var revoked: ServiceIdentity {
        ServiceIdentity(fingerprint: fingerprint, name: name, role: role, status: .revoked, notAfter: notAfter)
    }
}
