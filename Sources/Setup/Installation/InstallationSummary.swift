package import Cryptography
import KeyModel

/// What `init` has made, for the person at the terminal.
package struct InstallationSummary: Sendable {
    package let home: InstallationFolder
    /// `kmip-xx`.
    package let instance: String
    package let serverFingerprint: String
    package let serverKey: String
    package let hosts: [String]

    init(options: InstallationOptions, authority: Authority) throws(SetupError) {
        home = options.home
        instance = authority.instances.first?.name ?? ""
        let server = try options.home.credential(.gatewayServer).certificate()
        serverFingerprint = server.colonSeparatedFingerprint
        serverKey = server.keyDescription
        hosts = server.subjectAlternativeNames.map(\.text)
    }

    package var lines: [String] {
        [
            "Made an installation in \(home.path), and checked it as a worker does when it starts:",
            "  authorities/   the services CA and the operators CA (P-256, 10 years)",
            "  identities/    gateway, worker and admin in the pipeline (1 year)",
            "  tls/           the gateway's server certificate (\(serverKey), for \(hosts.joined(separator: ", "))),",
            "                 the admin front's",
            "  operators/     your operator certificate, with every role",
            "  token/         a SoftHSM2 token with root key, ticket key, import key, record and checkpoint keys; PINs",
            "  store/         the key store, with instance \(instance)",
            "  *.yaml         configuration of gateway, worker, admin front and command line",
        ] + stateLines + [
            "The gateway's certificate, SHA-256: \(serverFingerprint)",
            "Back it up: keyferry-setup backup has all of it but token/, which you copy yourself and keep apart. Without the",
            "token and its PIN every key in the store is lost, and with both in one hand every key can be had.",
            "Move token/so-pin and authorities/*.key off this machine once you have them elsewhere; renewals need the",
            "latter.",
        ]
    }

    private var stateLines: [String] {
        home.hasStateOfItsOwn ? ["Token and store, but not the PINs, are in \(home.state)."] : []
    }
}

extension Certificate {
    /// As vCenter shows it: capital hexadecimal pairs.
    package var colonSeparatedFingerprint: String {
        fingerprintSHA256.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count == 1 ? "0" + digits : digits
        }.joined(separator: ":")
    }
}
