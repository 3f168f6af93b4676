import Conversation
import Cryptography
import KMIP
import KMIPClient
import NIOCore
import NIOPosix
import ServiceBootstrap
import TLSTransport
import TTLV

/// The client that a new site is tried with: it comes with a certificate that `init` has registered, and knows the
/// gateway by the fingerprint of its certificate, as vCenter does.
struct SelfTest {
    private let options: KMIPConnectionOptions
    private let tls: TLSContext

    init(home: InstallationFolder, host: String, port: UInt16) throws {
        let files = home.credential(.selfTestClient)
        let identity = TLSIdentity(certificate: try files.certificate(), privateKey: try files.key())
        let server = try home.credential(.gatewayServer).certificate()
        tls = try TLSContext(
            client: TLSClientConfiguration(
                identity: identity,
                trust: .pinned(fingerprintSHA256: server.fingerprintSHA256)
            )
        )
        var options = KMIPConnectionOptions(host: host, port: Int(port))
        options.connectTimeout = .seconds(2)
        options.handshakeTimeout = .seconds(5)
        options.responseTimeout = .seconds(15)
        self.options = options
    }

    /// Whether keys can be had. A gateway answers only while it hears workers whose HSM unwraps and whose store takes
    /// writes; Locate, for a key that there is not, then goes through queue and worker.
    ///
    /// - Returns: nil, or what is missing.
    func whatIsMissing() async -> String? {
        do {
            let group = MultiThreadedEventLoopGroup.singleton
            let connection = try await KMIPConnection.connect(to: options, tls: tls, eventLoopGroup: group)
            do {
                let conversation = KMIPConversation(over: connection, version: .v11)
                _ = try await conversation.discoverVersions()
                _ = try await conversation.locate([Attribute(AttributeName("x-Name"), .text("keyferry-probe"))])
                await connection.close()
                return nil
            } catch {
                await connection.close()
                throw error
            }
        } catch let error as KMIPClientError where error.code == .connectionClosed {
            return
                "the gateway closes connections: it hears no healthy worker, or \(FirstAuthority.selfTestName) is not "
                + "registered any more"
        } catch {
            return "\(error)"
        }
    }

    func play() async throws(ConversationFailure) -> ConversationReport {
        let player = ConversationPlayer(
            server: options,
            tls: tls,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton
        )
        return try await player.play(.rehearsal)
    }
}
