internal import AdminResources
internal import FoundationEssentials

/// Where clients reach an instance, and which server certificate they find there.
struct GatewayLines {
    private let gateways: [GatewayEndpointResource]

    init(_ gateways: [GatewayEndpointResource]) {
        self.gateways = gateways
    }

    var lines: [String] {
        guard let first = gateways.first?.certificate else {
            return ["  endpoint    unknown: no gateway is heard"]
        }
        guard gateways.contains(where: { $0.certificate.fingerprint != first.fingerprint }) else {
            return ["  endpoint    \(addresses)", "  server      \(Self.text(first))"]
        }
        return [
            "  endpoint    \(addresses)",
            "  server      GATEWAYS SHOW DIFFERENT CERTIFICATES: vCenter trusts only the one that it was shown first",
        ]
            + gateways.map { "              \(printable($0.gateway)): \(Self.text($0.certificate))" }
    }

    private var addresses: String {
        let told = Set(gateways.compactMap(\.address)).sorted().map(printable)
        guard told.isEmpty else { return told.joined(separator: ", ") }
        let hosts = Set(gateways.flatMap(\.certificate.hosts)).sorted().map(printable).joined(separator: ", ")
        return "not said in gateway.yaml (endpoint.host); the server certificate is for \(hosts)"
    }

    private static func text(_ certificate: ServerCertificateResource) -> String {
        "SHA-256 \(ColonSeparated.text(certificate.fingerprint)), valid until \(certificate.notAfter.formatted(.iso8601))"
    }
}

/// A fingerprint as vCenter shows it: capital hexadecimal pairs.
enum ColonSeparated {
    static func text(_ hexadecimal: String) -> String {
        var pairs: [Substring] = []
        var rest = printable(hexadecimal).uppercased()[...]
        while !rest.isEmpty {
            pairs.append(rest.prefix(2))
            rest = rest.dropFirst(2)
        }
        return pairs.joined(separator: ":")
    }
}
