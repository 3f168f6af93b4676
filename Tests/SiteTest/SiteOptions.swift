import AdminClient
import AdminResources
import ArgumentParser
import Cryptography
import Foundation
import KMIPClient
import NIOCore
import NIOPosix
import ServiceBootstrap
import TLSTransport

/// Where the site is, and who is there.
struct SiteOptions: ParsableArguments {
    @Option(help: "Where clients connect, as host:port.")
    var server: String

    @Option(help: "The admin front, as host:port.")
    var admin: String

    @Option(
        help: ArgumentHelp(
            "A folder with the operator's certificate and key, the services CA and the gateway's certificate.",
            valueName: "folder"
        )
    )
    var operatorFolder: String

    func adminClient() throws -> AdminRESTClient {
        let address = try Self.address(admin)
        return try AdminRESTClient(
            AdminClientConfiguration(
                endpoint: AdminEndpoint(host: address.host, port: Int(address.port)),
                authority: certificate("authorities/services.pem"),
                certificate: certificate("operators/first.pem"),
                privateKey: PrivateKey(pemFile: operatorFolder + "/operators/first.key")
            )
        )
    }

    /// The first instance, by name.
    func instanceName() async throws -> String {
        guard let first = try await adminClient().instances().first else {
            throw SiteTestFailure("there is no instance")
        }
        return first.name
    }

    func register(_ client: TestClient) async throws {
        let new = NewCertificate(name: client.name, pem: client.identity.certificate.pem)
        _ = try await adminClient().addCertificate(new, to: try await instanceName())
    }

    func remove(_ client: TestClient) async throws {
        _ = try await adminClient().removeCertificate(client.name, from: try await instanceName())
    }

    /// - Parameter address: a gateway itself; nil for where clients connect.
    func connection(to address: String? = nil) throws -> KMIPConnectionOptions {
        let address = try Self.address(address ?? server)
        var options = KMIPConnectionOptions(host: address.host, port: Int(address.port))
        options.connectTimeout = .seconds(5)
        options.handshakeTimeout = .seconds(10)
        options.responseTimeout = .seconds(20)
        return options
    }

    /// The gateway is known by its certificate, as vCenter knows it.
    func context(as client: TestClient) throws -> TLSContext {
        let gateway = try certificate("tls/gateway.pem")
        return try TLSContext(
            client: TLSClientConfiguration(
                identity: client.identity,
                trust: .pinned(fingerprintSHA256: gateway.fingerprintSHA256)
            )
        )
    }

    func connect(as client: TestClient, to address: String? = nil) async throws -> KMIPConnection {
        try await KMIPConnection.connect(
            to: connection(to: address),
            tls: context(as: client),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton
        )
    }

    private static func address(_ text: String) throws -> NetworkAddress {
        guard let address = NetworkAddress(text) else { throw ValidationError("\(text) is not host:port") }
        return address
    }

    private func certificate(_ path: String) throws -> Certificate {
        try Certificate(pem: String(contentsOfFile: operatorFolder + "/" + path, encoding: .utf8))
    }
}

/// A KMIP client with a certificate of a CA that nobody knows, as vCenter's are.
struct TestClient: Sendable {
    /// Under which it is registered.
    let name: String
    let identity: TLSIdentity

    /// - Parameter purpose: a part of the name, which is unique in the site.
    static func make(_ purpose: String) throws -> TestClient {
        let name = "\(purpose)-\(UUID().uuidString.prefix(8).lowercased())"
        let now = Int64(Date().timeIntervalSince1970)
        let issuer = try CertificateAuthority.create(
            commonName: "A vCenter's CA",
            validity: .days(1, from: now),
            key: PrivateKey.generate(.p256)
        )
        let key = try PrivateKey.generate(.rsa2048)
        let template = CertificateTemplate(commonName: name, validity: .days(1, from: now))
        let certificate = try issuer.issue(template, to: key.publicKey)
        return TestClient(name: name, identity: TLSIdentity(certificate: certificate, privateKey: key))
    }
}

/// Asks again and again, errors being a no, until the answer is yes.
///
/// - Returns: how long it took.
@discardableResult
func wait(
    _ what: String,
    within limit: Duration,
    until isSo: () async throws -> Bool
) async throws -> Duration {
    let start = ContinuousClock.now
    var last = ""
    while true {
        do {
            if try await isSo() { return ContinuousClock.now - start }
            last = ""
        } catch {
            last = ": \(error)"
        }
        guard ContinuousClock.now - start < limit else {
            throw SiteTestFailure("waited \(limit) in vain for \(what)\(last)")
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}
