internal import Cryptography
internal import KeyModel
internal import Logging
internal import NIOCore
internal import TLSTransport

/// Stands behind the TLS handler and keeps who the handshake proved the client to be, for the routes; logs why a
/// handshake failed.
final class ConnectionIdentity: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let logger: Logger
    private var peer: CertificateFingerprint?
    private var isEstablished = false

    init(logger: Logger) {
        self.logger = logger
    }

    /// The fingerprint of the certificate that the client of `channel` has proven to hold the key of.
    static func peer(of channel: any Channel) async throws -> CertificateFingerprint? {
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionIdentity.self).peer
        }.get()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let session = event as? TLSSession {
            isEstablished = true
            peer = session.peerCertificate.flatMap { CertificateFingerprint($0.fingerprintSHA256) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !isEstablished {
            let reason = (error as? TLSError)?.description ?? "\(type(of: error))"
            logger.info(
                "connection refused",
                metadata: ["address": "\(context.remoteAddress?.ipAddress ?? "unknown")", "reason": "\(reason)"]
            )
        }
        context.fireErrorCaught(error)
    }
}
