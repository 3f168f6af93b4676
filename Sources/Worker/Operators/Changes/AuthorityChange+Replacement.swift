import KeyModel

/// Putting another certificate under a name, with both valid for a time.
extension Authority {
    /// The name of the certificate that was replaced: the old name, as far as there is room, and this behind it.
    static let previousSuffix = ".previous"

    func replacing(
        _ name: String,
        of instance: Instance,
        with der: [UInt8],
        overlapSeconds: Int64,
        at now: Timestamp
    ) throws(OperationFailure) -> AuthorityChange {
        let old = try requireCertificate(named: name, of: instance)
        guard (0...ClientCertificateReplacement.longestOverlap).contains(overlapSeconds) else {
            throw OperationFailure(.invalidField)
        }
        guard old.der != der else { throw OperationFailure(.certificateUnchanged) }
        let previousName = String(name.prefix(64 - Self.previousSuffix.utf8.count)) + Self.previousSuffix
        var next = self
        next.certificates.removeAll { $0.fingerprint == old.fingerprint }
        let replacement = try next.certificate(named: name, der: der, instance: instance, at: now)
        next.certificates.append(replacement)

        // An end that was decided before is not put off; one that has passed makes room.
        let end = min(now.advanced(bySeconds: overlapSeconds), old.end)
        var previous: ClientCertificate?
        if overlapSeconds > 0, old.isInForce(at: now) {
            if let former = next.certificates.first(where: { $0.instance == old.instance && $0.name == previousName }) {
                guard former.end < now else { throw OperationFailure(.previousCertificateInForce) }
                next.certificates.removeAll { $0.fingerprint == former.fingerprint }
            }
            let kept = old.with(name: previousName, validUntil: end)
            next.certificates.append(kept)
            previous = kept
        }
        return AuthorityChange(
            next: next,
            answer: .certificate(
                .replaced(ClientCertificateReplacement(certificate: replacement, previous: previous))
            ),
            action: .certificateReplace,
            instance: instance.identifier,
            notices: [.certificate(replacement.fingerprint), .certificate(old.fingerprint)]
        )
    }
}
