import KMIP
import KMIPClient
import LocalSite
import NIOCore
package import PipelineSite
import TLSTransport

/// A running site with clients and keys, as the scenarios need them.
package struct LoadSite: Sendable {
    package let site: PipelineSite
    package let clients: [SiteClient]
    package let keys: [String]

    /// Registers clients and makes keys for the site's first client and for them.
    package static func prepare(_ site: PipelineSite, clientCount: Int, keyCount: Int) async throws -> LoadSite {
        var clients = [try site.firstClient()]
        for number in 1..<max(2, clientCount) {
            clients.append(try await site.registeredClient("load-\(number)"))
        }
        let connection = try await site.connect(as: clients[0])
        let conversation = KMIPConversation(over: connection, version: .v14)
        var keys: [String] = []
        for _ in 0..<keyCount {
            let key = try await conversation.create(.aes, length: 256, usage: [.encrypt, .decrypt])
            keys.append(key.uniqueIdentifier)
        }
        for key in keys { _ = try await conversation.activate(key) }
        await connection.close()
        return LoadSite(site: site, clients: clients, keys: keys)
    }

    package var target: LoadTarget {
        get throws { try LoadTarget(port: Int(site.gatewayPorts[0])) }
    }

    /// - Parameter clients: whose certificates the connections come with, in turn.
    package func generator(as clients: [SiteClient]? = nil) async throws -> LoadGenerator {
        let contexts = try contexts(of: clients ?? self.clients)
        return try await LoadGenerator.make(target: target, tls: contexts, requests: keys.map { LoadRequest.get($0) })
    }

    /// Not inlined: Swift 6.3's optimizer dies of a loop that throws where it splits an asynchronous function.
    @inline(never)
    private func contexts(of clients: [SiteClient]) throws -> [TLSContext] {
        try clients.map { try TLSContext(client: site.tlsConfiguration(as: $0)) }
    }

    /// What vCenter says on one of its short connections.
    package var visit: LoadKind {
        .visit([LoadRequest.discoverVersions(), LoadRequest.get(keys[0]), LoadRequest.state(of: keys[0])])
    }

    package func pid(_ member: SiteMember) async throws -> Int32 { try await site.process(member).pid }

    /// Gateway, worker and broker by name.
    package func pids() async throws -> [String: Int32] {
        var pids = ["gateway": try await pid(.gateway(1)), "worker": try await pid(.worker(1))]
        pids["broker"] = await site.broker.pid
        return pids
    }

    /// How long the gateway's log is, in bytes.
    package var gatewayLogSize: Int { site.log(of: .gateway(1)).utf8.count }
}
