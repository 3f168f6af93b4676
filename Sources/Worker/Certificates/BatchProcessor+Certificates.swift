import AuthorityKeeping
import Cryptography
import KeyModel
import KeyStorage
import Logging

/// Client certificates beside the authority: which were used, which were refused, which end.
extension BatchProcessor {
    /// Remembers a stranger for the operators, who may know him: a certificate that is registered nowhere and within its
    /// dates. What a gateway says of it is believed as far as its hash goes.
    func noteRefusal(of fingerprint: CertificateFingerprint, der: [UInt8], address: String) {
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        guard !certificateNotes.refusedAgain(fingerprint, address: address, at: now),
            certificateNotes.takes(fingerprint), der.count <= PendingCertificate.longestDER,
            !keeper.authority.certificates.contains(where: { $0.fingerprint == fingerprint }),
            let certificate = try? Certificate(der: der), certificate.fingerprintSHA256 == fingerprint.bytes,
            Authority.isInDate(certificate, at: now)
        else { return }
        certificateNotes.refused(
            PendingCertificate(
                fingerprint: fingerprint,
                der: der,
                address: address.contains("\0") ? "" : address,
                firstSeen: now,
                lastSeen: now,
                attempts: 1
            )
        )
    }

    /// The request as it is carried out: one that admits a refused certificate is one that adds it. That the operator has
    /// named its SHA-256 is what makes it the right one.
    func resolved(_ request: OperatorJob.Request) throws -> OperatorJob.Request {
        guard case .certificate(.admit(let fingerprint, let instance, let name)) = request else { return request }
        // Before the list is looked at: it may have it still, or not any more.
        guard !keeper.authority.certificates.contains(where: { $0.fingerprint == fingerprint }) else {
            throw OperationFailure(.alreadyExists)
        }
        _ = try keeper.authority.requireInstance(named: instance)
        let unwritten = certificateNotes.due(at: Timestamp(secondsSince1970: clock() / 1_000)).refused
        let found =
            try unwritten.first { $0.fingerprint == fingerprint }
            ?? store.read { try $0.refusedCertificate(fingerprint) }
        guard let found else { throw OperationFailure(.certificateNotPending) }
        guard SHA256.hash(found.der) == fingerprint.bytes else { throw OperationFailure(.recordCorrupted) }
        return .certificate(.add(instance: instance, name: name, der: found.der))
    }

    /// What was refused, by any worker, and is still within its dates. Workers write what they know once a second.
    func pendingCertificates() throws -> [PendingCertificate] {
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        return try store.read { try $0.refusedCertificates() }.filter { pending in
            guard let certificate = try? Certificate(der: pending.der) else { return false }
            return certificate.fingerprintSHA256 == pending.fingerprint.bytes
                && Authority.isInDate(certificate, at: now)
        }
    }

    func certificateSightings() throws -> [CertificateFingerprint: Timestamp] {
        try store.read { try $0.certificateSightings() }
    }

    /// Has fronts end the connections of certificates that have just ended, and warns of those that end soon.
    func keepCertificateCalendar() {
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        let authority = keeper.authority
        notices += certificateCalendar.ended(in: authority, at: now).map { .certificate($0.fingerprint) }
        let warnings = certificateCalendar.warnings(of: authority, at: now)
        for certificate in warnings.certificates {
            logger.warning(
                "a client certificate expires soon; replace it: keyferry certificate replace NAME FILE",
                metadata: [
                    "instance": "\(authority.instance(certificate.instance)?.name ?? certificate.instance.text)",
                    "name": "\(certificate.name)", "fingerprint": "\(certificate.fingerprint)",
                    "days": "\((certificate.notAfter.secondsSince1970 - now.secondsSince1970) / 86_400)",
                ]
            )
        }
        if warnings.others > 0 {
            logger.warning("more client certificates expire soon", metadata: ["certificates": "\(warnings.others)"])
        }
    }
}
