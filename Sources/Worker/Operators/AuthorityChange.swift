import Cryptography
import KeyModel

/// What a change of authority was, for the audit trail and for the fronts.
struct AuthorityChange {
    let action: AuditEvent.Action
    let instance: InstanceIdentifier
    let notice: ChangeNotice.Subject
}

extension Authority {
    /// The authority after an operator's request. Pure: decides, writes nothing.
    func changed(
        by request: OperatorJob.Request,
        at now: Timestamp
    ) throws(OperationFailure) -> (next: Authority, answer: OperatorAnswer, change: AuthorityChange) {
        switch request {
        case .addCertificate(let instanceName, let name, let der):
            let added = try certificate(named: name, der: der, instanceName: instanceName, at: now)
            var next = self
            next.certificates.append(added)
            let change = AuthorityChange(
                action: .certificateAdd,
                instance: added.instance,
                notice: .certificate(added.fingerprint)
            )
            return (next, .certificateAdded(added), change)
        case .removeCertificate(let instanceName, let name):
            let instance = try requireInstance(named: instanceName)
            guard
                let removed = certificates.first(where: {
                    $0.instance == instance.identifier && $0.name == name
                })
            else { throw OperationFailure(.itemNotFound) }
            var next = self
            next.certificates.removeAll { $0.fingerprint == removed.fingerprint }
            let change = AuthorityChange(
                action: .certificateRemove,
                instance: instance.identifier,
                notice: .certificate(removed.fingerprint)
            )
            return (next, .certificateRemoved(removed.fingerprint), change)
        case .listInstances, .listCertificates, .describePartition:
            preconditionFailure("reads change nothing")
        }
    }

    func requireInstance(named name: String) throws(OperationFailure) -> Instance {
        guard let instance = instances.first(where: { $0.name == name }) else { throw OperationFailure(.itemNotFound) }
        return instance
    }

    /// A client whose clock is ahead makes certificates that are not valid yet, in seconds.
    private static let clockAllowance: Int64 = 300

    /// Names stand in paths and tables: 1 to 64 letters, digits, dots, hyphens or underscores, beginning with a letter or
    /// digit (the rule of `Schemas/rest/openapi.yaml`).
    private static func isName(_ name: String) -> Bool {
        func isLetterOrDigit(_ character: Character) -> Bool {
            character.isASCII && (character.isLetter || character.isNumber)
        }
        guard let first = name.first, isLetterOrDigit(first), name.utf8.count <= 64 else { return false }
        return name.allSatisfy { isLetterOrDigit($0) || $0 == "." || $0 == "-" || $0 == "_" }
    }

    /// Checks a certificate that is to be registered: its name, DER that parses, dates that are now, and neither name
    /// nor certificate taken.
    private func certificate(
        named name: String,
        der: [UInt8],
        instanceName: String,
        at now: Timestamp
    ) throws(OperationFailure) -> ClientCertificate {
        let instance = try requireInstance(named: instanceName)
        guard Self.isName(name) else { throw OperationFailure(.invalidField) }
        guard let parsed = try? Certificate(der: der), parsed.der == der,
            let fingerprint = CertificateFingerprint(parsed.fingerprintSHA256),
            parsed.notBefore <= now.secondsSince1970 + Self.clockAllowance, parsed.notAfter > now.secondsSince1970
        else { throw OperationFailure(.certificateInvalid) }
        let isTaken = certificates.contains {
            $0.fingerprint == fingerprint || ($0.instance == instance.identifier && $0.name == name)
        }
        guard !isTaken else { throw OperationFailure(.alreadyExists) }
        return ClientCertificate(
            fingerprint: fingerprint,
            instance: instance.identifier,
            name: name,
            der: der,
            subject: parsed.subject,
            notBefore: Timestamp(secondsSince1970: parsed.notBefore),
            notAfter: Timestamp(secondsSince1970: parsed.notAfter),
            added: now
        )
    }
}
