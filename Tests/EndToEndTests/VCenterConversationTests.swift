import Conversation
import Cryptography
import KMIP
import KMIPClient
import KMIPFraming
import NIOPosix
import PipelineSite
import TLSTransport
import TTLV
import Testing

extension EndToEnd {
    /// What a vCenter says, message for message.
    @Suite struct VCenterConversation {
        /// A vCenter that encrypts the first VM of a host: a key in four connections, with sixteen messages.
        static let newKey = ConversationScript([
            [.discoverVersions, .create],
            [.discoverVersions]
                + setting([
                    ("x-Product_Version", "8.0.1 build-21560480"), ("x-Vendor", "VMware, Inc."),
                    ("x-Product", "VMware vSphere"),
                ]),
            [.discoverVersions]
                + setting([
                    ("x-Identifier", "4c4c4544-0051-3010-8052-b4c04f4d4e32"), ("x-Component", "ESXi Server"),
                    ("x-Name", "esx-01.example.org"),
                ]),
            [.discoverVersions, .get, .state(.preActive), .activate],
        ])

        /// The key of a VM, in the moment in which its host gets the first one.
        static let newVMKey = ConversationScript([
            [.discoverVersions, .create],
            [.discoverVersions]
                + setting([
                    ("x-Product_Version", "8.0.1 build-21560480"), ("x-Vendor", "VMware, Inc."),
                    ("x-Product", "VMware vSphere"),
                ]),
            [.discoverVersions]
                + setting([
                    ("x-Identifier", "5025b9a1-6f0c-9d1e-3f0a-1c2d3e4f5a6b"), ("x-Component", "Virtual Machine"),
                    ("x-Name", "first-vm"),
                ]),
            [.discoverVersions, .get, .state(.preActive), .activate],
        ])

        /// When trust is set up: seven connections, four of which carry nothing.
        static let trust = ConversationScript([
            [], [.discoverVersions, .discoverVersions], [], [.discoverVersions, .queryServer], [],
            [.discoverVersions, .discoverVersions], [],
        ])

        /// Idle: every 300 seconds.
        static let periodic = ConversationScript([[], [.discoverVersions, .discoverVersions]])

        private static func setting(_ attributes: [(name: String, text: String)]) -> [ConversationStep] {
            attributes.map { .absentAttribute($0.name) } + [.addAttributes(attributes.map { .init($0.name, $0.text) })]
        }

        private func player(
            _ site: PipelineSite,
            as client: SiteClient,
            gateway: Int,
            credential: Credential? = nil
        ) throws -> ConversationPlayer {
            ConversationPlayer(
                server: site.connectionOptions(gateway: gateway),
                tls: try TLSContext(client: site.tlsConfiguration(as: client)),
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                credential: credential
            )
        }

        @Test(arguments: [1, 2], [PrivateKey.Kind.rsa2048, .p256])
        func everyGatewayServesIt(gateway: Int, kind: PrivateKey.Kind) async throws {
            let site = try await StandingSite.site()
            let vCenter = try await site.registeredClient("vcenter-\(gateway)-\(kind)", kind: kind)
            let player = try player(site, as: vCenter, gateway: gateway)
            _ = try await player.play(Self.trust)
            _ = try await player.play(Self.periodic)
            let report = try await player.play(Self.newKey)
            #expect(report.lines.count == 16)
            #expect(report.lines.map(\.connection).max() == 4)
            #expect(report.serverCertificate?.fingerprintSHA256 == (try site.gatewayCertificate().fingerprintSHA256))
        }

        /// The first VM of a host: two keys, whose connections overlap.
        @Test func aFreshHostGetsTwoKeysAtOnce() async throws {
            let site = try await StandingSite.site()
            let vCenter = try await site.registeredClient("vcenter-fresh-host", kind: .rsa2048)
            let player = try player(site, as: vCenter, gateway: 1)
            async let host = player.play(Self.newKey)
            async let machine = player.play(Self.newVMKey)
            let reports = try await [host, machine]
            #expect(reports.map { $0.lines.count }.reduce(0, +) == 32)
            #expect(reports.compactMap { $0.lines.map(\.connection).max() }.reduce(0, +) == 8)
            #expect(reports[0].keyIdentifier != reports[1].keyIdentifier)
        }

        /// vCenter 8 sends a user name and password with some of its messages only.
        @Test func credentialsOnSomeMessagesChangeNothing() async throws {
            let site = try await StandingSite.site()
            let password = SecretBox(try .random(count: 12))
            let player = try player(
                site,
                as: try site.firstClient(),
                gateway: 1,
                credential: Credential(username: "vcenter", password: password)
            )
            #expect(try await player.play(Self.newKey).lines.count == 16)
        }

        /// Hosts that start at the same moment.
        @Test func sixteenAtOnce() async throws {
            let site = try await StandingSite.site()
            let vCenter = try await site.registeredClient("many-hosts")
            let identifiers = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<16 {
                    let player = try player(site, as: vCenter, gateway: number % 2 + 1)
                    group.addTask { try await player.play(Self.newKey).keyIdentifier }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(identifiers).count == 16)
        }

        /// A vSAN cluster that restarts: every host gets both keys itself, all with the same certificate.
        @Test func aClusterOf64HostsGetsItsKeysAtOnce() async throws {
            let site = try await StandingSite.site()
            let cluster = try await site.registeredClient("cluster")
            let keys = try await site.conversing(as: cluster) { [try await $0.createKey(), try await $0.createKey()] }
            let got = try await withThrowingTaskGroup(of: [[UInt8]].self) { group in
                for host in 0..<64 {
                    group.addTask {
                        try await site.conversing(as: cluster, gateway: host % 2 + 1, version: .v11) { kmip in
                            _ = try await kmip.discoverVersions()
                            return [try await kmip.get(keys[0]).keyBytes(), try await kmip.get(keys[1]).keyBytes()]
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(got.count == 64)
            #expect(Set(got).count == 1)
            #expect(got[0][0] != got[0][1])
        }

        /// Create, Get and Activate of one key arrive on different connections within a fraction of a second.
        @Test func whatOneGatewayAcknowledgesTheOtherSeesAtOnce() async throws {
            let site = try await StandingSite.site()
            let client = try site.firstClient()
            let first = KMIPConversation(over: try await site.connect(as: client, gateway: 1), version: .v11)
            let second = KMIPConversation(over: try await site.connect(as: client, gateway: 2), version: .v11)
            for _ in 0..<20 {
                let identifier = try await first.createKey()
                let there = try await second.get(identifier).keyBytes()
                let here = try await first.get(identifier).keyBytes()
                #expect(here == there)
                #expect(here.count == 32)
                #expect(try await second.digest(of: identifier) == SHA256.hash(here))
                _ = try await second.activate(identifier)
                let state = try await first.getAttributes(of: identifier, [.state]).attributes.first?.value
                #expect(state == .enumeration(ObjectState.active.rawValue))
            }
            await first.connection.close()
            await second.connection.close()
        }

        @Test func aRegisteredKeyComesBackAsItWas() async throws {
            let site = try await StandingSite.site()
            let client = try site.firstClient()
            for count in [16, 24, 32] {
                let key = try RandomBytes.generate(count: count)
                let identifier = try await site.conversing(as: client) { try await $0.registerKey(key) }
                try await site.conversing(as: client, gateway: 2) { kmip in
                    let (found, digest) = (try await kmip.get(identifier), try await kmip.digest(of: identifier))
                    #expect(try found.keyBytes() == key)
                    #expect(digest == SHA256.hash(key))
                }
            }
        }

        /// A client that keeps its connection is served by the same rules as one that does not.
        @Test func statesEndWhereTheStandardSays() async throws {
            let site = try await StandingSite.site()
            try await site.conversing(as: try site.firstClient()) { kmip in
                let identifier = try await kmip.createKey()
                _ = try await kmip.activate(identifier)
                await #expect(throws: KMIPClientError(.operationFailed(.permissionDenied))) {
                    try await kmip.destroy(identifier)
                }
                _ = try await kmip.revoke(identifier, reason: RevocationReason(.cessationOfOperation))
                // A deactivated key can still be had: what it protects must be readable.
                #expect(try await kmip.get(identifier).keyBytes().count == 32)
                _ = try await kmip.destroy(identifier)
                await #expect(throws: KMIPClientError(.operationFailed(.itemNotFound))) {
                    try await kmip.get(identifier)
                }
            }
        }
    }
}
