import Cryptography

/// Replaces the certificate of a CA by one that is valid for longer. The key stays, and with it all that it has issued.
struct AuthorityRenewal {
    let target: RenewalTarget
    let files: CredentialFiles
    let now: Int64

    func run() throws -> RenewalOutcome {
        let authority = try CertificateAuthority.load(files)
        let isOfOperators = target == .operatorsAuthority
        let name = isOfOperators ? CertificateAuthority.operatorsName : CertificateAuthority.servicesName
        guard let renewed = try authority.renewed(named: name, key: files.key(), now: now) else {
            throw SetupError(
                .installationDamaged,
                "\(files.certificateFile) is no CA that keyferry-setup has made: renew it where it was made, with the "
                    + "same name, key and key identifier"
            )
        }
        try files.replaceCertificate(renewed.certificate)
        return RenewalOutcome(
            target: target,
            isRenewed: true,
            lines: lines(renewed.certificate, inPlaceOf: authority.certificate)
        )
    }

    private func lines(_ certificate: Certificate, inPlaceOf old: Certificate) -> [String] {
        let days = (certificate.notAfter - now) / 86_400
        let left = max(0, (old.notAfter - now) / 86_400)
        let use =
            switch target {
            case .operatorsAuthority: "restart workers and the admin front, and replace copies on other machines"
            default:
                "restart workers, gateway and admin front, and replace copies on other machines and with operators "
                    + "(serverAuthorityFile)"
            }
        return [
            "renewed with the same key, valid for \(days) days (\(files.certificateFile))",
            "all that it has issued stays valid; the certificate before is good for \(left) days more: until then",
            use,
        ]
    }
}
