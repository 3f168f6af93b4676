package import AdminClient
import AdminResources
package import Cryptography
import Foundation
import KMIP
package import KMIPClient
import LocalSite
import NIOCore
import NIOPosix
package import TLSTransport

extension PipelineSite {
    /// The name of the instance that `keyferry-setup init` made.
    package nonisolated func instanceName() async throws -> String {
        guard let first = try await adminClient().instances().first else { throw PipelineSiteError("no instance") }
        return first.name
    }

    /// A client of the admin front, with the certificate of the first operator.
    package nonisolated func adminClient() throws -> AdminRESTClient {
        try AdminRESTClient(
            AdminClientConfiguration(
                endpoint: AdminEndpoint(host: "localhost", port: Int(adminPort)),
                authority: certificate("authorities/services.pem"),
                certificate: certificate("operators/first.pem"),
                privateKey: PrivateKey(pemFile: home + "/operators/first.key")
            )
        )
    }

    /// The certificate by which the gateway is known.
    package nonisolated func gatewayCertificate() throws -> Certificate { try certificate("tls/gateway.pem") }

    /// The client that `keyferry-setup init` has registered.
    package nonisolated func firstClient() throws -> SiteClient {
        SiteClient(
            name: "keyferry-selftest",
            identity: TLSIdentity(
                certificate: try certificate("clients/selftest.pem"),
                privateKey: try PrivateKey(pemFile: home + "/clients/selftest.key")
            )
        )
    }

    /// Makes a client and registers its certificate.
    package nonisolated func registeredClient(
        _ name: String,
        kind: PrivateKey.Kind = .p256,
        validity: CertificateValidity? = nil
    ) async throws -> SiteClient {
        let client = try SiteClient.make(name, kind: kind, validity: validity)
        try await register(client)
        return client
    }

    package nonisolated func register(_ client: SiteClient) async throws {
        let new = NewCertificate(name: client.name, pem: client.identity.certificate.pem)
        _ = try await adminClient().addCertificate(new, to: try await instanceName())
    }

    package nonisolated func removeCertificate(of client: SiteClient) async throws {
        _ = try await adminClient().removeCertificate(client.name, from: try await instanceName())
    }

    // MARK: - KMIP

    package nonisolated func tlsConfiguration(as client: SiteClient?) throws -> TLSClientConfiguration {
        TLSClientConfiguration(
            identity: client?.identity,
            trust: .pinned(fingerprintSHA256: try gatewayCertificate().fingerprintSHA256)
        )
    }

    /// - Parameter gateway: counted from 1.
    package nonisolated func connectionOptions(gateway: Int = 1) -> KMIPConnectionOptions {
        var options = KMIPConnectionOptions(host: "127.0.0.1", port: Int(gatewayPorts[gateway - 1]))
        options.responseTimeout = .seconds(30)
        return options
    }

    /// A connection of its own to a gateway.
    package nonisolated func connect(
        as client: SiteClient?,
        gateway: Int = 1,
        _ change: (inout KMIPConnectionOptions) -> Void = { _ in }
    ) async throws -> KMIPConnection {
        var options = connectionOptions(gateway: gateway)
        change(&options)
        return try await KMIPConnection.connect(
            to: options,
            tls: TLSContext(client: tlsConfiguration(as: client)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton
        )
    }

    // MARK: - Waiting

    /// Waits until every gateway gets answers of a worker, and the admin front hears all of them healthy.
    package nonisolated func waitUntilServing(within limit: Duration = .seconds(60)) async throws {
        for gateway in 1...options.gatewayCount {
            try await wait("gateway \(gateway) to serve", within: limit) {
                let connection = try await connect(as: try firstClient(), gateway: gateway)
                let found = try? await KMIPConversation(over: connection, version: .v14).locate(maximumItems: 1)
                await connection.close()
                return found != nil
            }
        }
        try await wait("a status of all members", within: limit) {
            let status = try await adminClient().status()
            return status.workers.count { $0.health == .healthy } >= options.workerCount
                && status.fronts.count { $0.role == "gateway" && $0.isHeard } >= options.gatewayCount
        }
    }

    /// Asks again and again, errors being a no, until the answer is yes. A member that has ended is the end of waiting.
    package nonisolated func wait(
        _ what: String,
        within limit: Duration = .seconds(30),
        until isSo: () async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + limit
        var last = ""
        while true {
            do {
                if try await isSo() { return }
            } catch {
                last = ": \(error)"
            }
            guard ContinuousClock.now < deadline else {
                let tails = members.map {
                    "\($0.name): \(log(of: $0).split(separator: "\n").suffix(5).joined(separator: "\n"))"
                }
                throw PipelineSiteError("waited for \(what)\(last)\n\(tails.joined(separator: "\n"))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private nonisolated func certificate(_ path: String) throws -> Certificate {
        try Certificate(pem: String(contentsOfFile: home + "/" + path, encoding: .utf8))
    }
}
