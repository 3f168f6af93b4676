import Cryptography
import KeyModel

/// Changes of the client certificates.
extension Authority {
    func changed(by request: ClientCertificateRequest, at now: Timestamp) throws(OperationFailure) -> AuthorityChange {
        switch request {
        case .add(let instance, let name, let der):
            return try adding(name, der: der, to: try requireInstance(named: instance), at: now)
        case .remove(let instance, let name):
            return try removing(name, from: try requireInstance(named: instance))
        case .list: preconditionFailure("reads change nothing")
        }
    }

    private func adding(
        _ name: String,
        der: [UInt8],
        to instance: Instance,
        at now: Timestamp
    ) throws(OperationFailure) -> AuthorityChange {
        let added = try certificate(named: name, der: der, instance: instance, at: now)
        var next = self
        next.certificates.append(added)
        return AuthorityChange(
            next: next,
            answer: .certificate(.added(added)),
            action: .certificateAdd,
            instance: instance.identifier,
            notices: [.certificate(added.fingerprint)]
        )
    }

    private func removing(_ name: String, from instance: Instance) throws(OperationFailure) -> AuthorityChange {
        let removed = certificates.first { $0.instance == instance.identifier && $0.name == name }
        guard let removed else { throw OperationFailure(.itemNotFound) }
        var next = self
        next.certificates.removeAll { $0.fingerprint == removed.fingerprint }
        return AuthorityChange(
            next: next,
            answer: .certificate(.removed(removed.fingerprint)),
            action: .certificateRemove,
            instance: instance.identifier,
            notices: [.certificate(removed.fingerprint)]
        )
    }

    /// A client whose clock is ahead makes certificates that are not valid yet, in seconds.
    private static let clockAllowance: Int64 = 300

    /// Names stand in paths and tables: 1 to 64 letters, digits, dots, hyphens or underscores, beginning with a letter or
    /// digit (the rule of `Schemas/rest/openapi.yaml`).
    static func isName(_ name: String) -> Bool {
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
        instance: Instance,
        at now: Timestamp
    ) throws(OperationFailure) -> ClientCertificate {
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
