import Cryptography
import KeyModel

/// Replaces one certificate: the new pair is written beside the old one, made known to the store, and then takes its
/// place, so that a crash at any moment leaves a pair that is valid and known.
struct CredentialRenewal {
    let target: RenewalTarget
    let current: Certificate
    let files: CredentialFiles
    let home: InstallationFolder
    let partition: PartitionName
    let now: Int64

    func run(_ request: RenewalRequest, in installation: OpenedInstallation) throws -> RenewalOutcome {
        let key = try nextKey(request)
        let certificate = try issue(to: key, request)
        try files.stage(certificate, key)
        do {
            if let edit = registration(of: certificate, request) { try installation.change(.credentialRenew, edit) }
        } catch {
            // The store may have the new one; then `finishInterrupted` goes on from here the next time.
            if !installation.authority.lists(certificate) { files.discardStaged() }
            throw error
        }
        try files.commit()
        return RenewalOutcome(target: target, isRenewed: true, lines: lines(certificate, request))
    }

    /// The gateway's server key is kept unless told otherwise; every other certificate comes with a new key.
    private func nextKey(_ request: RenewalRequest) throws -> PrivateKey {
        guard target == .gatewayServer else { return try PrivateKey.generate(.p256) }
        guard request.makesNewServerKey else { return try files.key() }
        return try PrivateKey.generate(current.publicKey.algorithm == .p256 ? .p256 : .rsa2048)
    }

    private func issue(to key: PrivateKey, _ request: RenewalRequest) throws -> Certificate {
        let hosts = request.hosts.isEmpty ? current.subjectAlternativeNames.map(\.text) : request.hosts
        switch target {
        case .gatewayServer:
            return try SelfSignedCertificate.server(hosts: hosts, key: key, now: now)
        case .selfTestClient:
            return try SelfSignedCertificate.client(name: FirstAuthority.selfTestName, key: key, now: now)
        case .firstOperator:
            let operators = try home.issuer(.operatorsAuthority, at: now)
            return try operators.issueOperator(name: FirstAuthority.operatorName, to: key.publicKey, now: now)
        case .adminServer:
            let services = try home.issuer(.servicesAuthority, at: now)
            return try services.issueServer(hosts: hosts, to: key.publicKey, now: now)
        case .gateway, .worker, .admin, .ticket:
            let services = try home.issuer(.servicesAuthority, at: now)
            let role = target.serviceRole ?? .ticket
            return try services.issueIdentity(role, partition: partition, to: key.publicKey, now: now)
        case .servicesAuthority, .operatorsAuthority:
            preconditionFailure("a CA is renewed by AuthorityRenewal")
        }
    }

    /// What the store must learn; nil for a server's certificate, of which it knows nothing.
    private func registration(
        of certificate: Certificate,
        _ request: RenewalRequest
    ) -> ((inout Authority) throws -> Void)? {
        if let role = target.serviceRole {
            return { try register(certificate, as: role, request, in: &$0) }
        }
        switch target {
        case .firstOperator: return { try registerOperator(certificate, request, in: &$0) }
        case .selfTestClient: return { try registerClient(certificate, in: &$0) }
        default: return nil
        }
    }

    private func register(
        _ certificate: Certificate,
        as role: ServiceRole,
        _ request: RenewalRequest,
        in authority: inout Authority
    ) throws(SetupError) {
        let replaced = try current.fingerprint()
        let name = authority.services.first { $0.fingerprint == replaced }?.name ?? role.rawValue
        // One that has expired confers nothing and may go. Others of the role are other processes', and stay.
        authority.services.removeAll { $0.role == role && $0.name == name && $0.notAfter.secondsSince1970 < now }
        if request.revokesReplaced {
            authority.services = authority.services.map { $0.fingerprint == replaced ? $0.revoked : $0 }
        }
        authority.services.append(try certificate.serviceIdentity(role, name: name))
    }

    private func registerOperator(
        _ certificate: Certificate,
        _ request: RenewalRequest,
        in authority: inout Authority
    ) throws(SetupError) {
        let replaced = try current.fingerprint()
        let old = authority.operators.first { $0.fingerprint == replaced }
        guard let old, old.status == .inForce else {
            throw SetupError(
                .installationDamaged,
                "\(files.certificateFile) is no operator's in force: one who is in force must add another"
            )
        }
        authority.operators.removeAll { $0.name == old.name && $0.notAfter.secondsSince1970 < now }
        if request.revokesReplaced {
            authority.operators = authority.operators.map { $0.fingerprint == replaced ? $0.revoked : $0 }
        }
        authority.operators.append(
            Operator(
                fingerprint: try certificate.fingerprint(),
                name: old.name,
                roles: old.roles,
                status: .inForce,
                notAfter: Timestamp(secondsSince1970: certificate.notAfter)
            )
        )
    }

    /// Names are unique within an instance: the old certificate goes.
    private func registerClient(_ certificate: Certificate, in authority: inout Authority) throws(SetupError) {
        let replaced = try current.fingerprint()
        let old = authority.certificates.first { $0.fingerprint == replaced }
        guard let instance = old?.instance ?? authority.instances.first?.identifier else { return }
        let name = FirstAuthority.selfTestName
        authority.certificates.removeAll { $0.instance == instance && $0.name == name }
        authority.certificates.append(try certificate.clientCertificate(of: instance, name: name, now: now))
    }

    private func lines(_ certificate: Certificate, _ request: RenewalRequest) -> [String] {
        let days = (certificate.notAfter - now) / 86_400
        let made = "renewed, valid for \(days) days (\(files.certificateFile))"
        switch target {
        case .gatewayServer:
            return [
                made,
                request.makesNewServerKey ? "with a new key" : "with the same key",
                "SHA-256: \(certificate.colonSeparatedFingerprint)",
                "vCenter pins the certificate: restart the gateway, then in vCenter choose the key provider, Establish",
                "Trust, Make vCenter Trust KMS, and compare this fingerprint. Until then vCenter gets no keys.",
            ]
        case .gateway, .worker, .admin:
            let old = request.revokesReplaced ? "revoked" : "in force until it expires"
            return [made, "restart the \(target.rawValue) to use it; the one before is \(old)"]
        case .adminServer:
            return [made, "restart the admin front to use it"]
        case .firstOperator:
            let old = request.revokesReplaced ? "revoked" : "in force until it expires"
            return [made, "the one before is \(old)"]
        case .selfTestClient, .ticket, .servicesAuthority, .operatorsAuthority:
            return [made]
        }
    }
}

extension ServiceIdentity {
    var revoked: ServiceIdentity {
        ServiceIdentity(fingerprint: fingerprint, name: name, role: role, status: .revoked, notAfter: notAfter)
    }
}

extension Operator {
    var revoked: Operator {
        Operator(fingerprint: fingerprint, name: name, roles: roles, status: .revoked, notAfter: notAfter)
    }
}
