package import FoundationEssentials

/// What a gateway shows to its clients (`GatewayEndpoint` in openapi.yaml).
package struct GatewayEndpointResource: Codable, Hashable, Sendable {
    /// The gateway's name.
    package let gateway: String
    /// Host and port, as its configuration says; absent where it does not.
    package let address: String?
    package let certificate: ServerCertificateResource

    package init(gateway: String, address: String?, certificate: ServerCertificateResource) {
        self.gateway = gateway
        self.address = address
        self.certificate = certificate
    }
}

/// A server's TLS certificate (`ServerCertificate` in openapi.yaml).
package struct ServerCertificateResource: Codable, Hashable, Sendable {
    /// SHA-256, as 64 lower-case hexadecimal digits.
    package let fingerprint: String
    /// The DNS names and addresses that it is for.
    package let hosts: [String]
    package let subject: String
    package let notAfter: Date
    package let pem: String

    package init(fingerprint: String, hosts: [String], subject: String, notAfter: Date, pem: String) {
        self.fingerprint = fingerprint
        self.hosts = hosts
        self.subject = subject
        self.notAfter = notAfter
        self.pem = pem
    }
}
