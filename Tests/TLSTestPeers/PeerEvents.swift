package import NIOCore
package import TLSTransport

/// What one end of a connection saw, in order.
package enum PeerEvent: Sendable {
    case session(TLSSession)
    case received([UInt8])
    case inputClosed
    case failed(TLSError.Code?)
    case ended
}

/// Reports what happens on a channel, and echoes if it is told to.
package final class PeerRecorder<Plaintext: TLSPlaintext>: ChannelInboundHandler {
    package typealias InboundIn = Plaintext
    package typealias OutboundOut = Plaintext

    private let events: AsyncStream<PeerEvent>.Continuation
    private let echoes: Bool

    package init(events: AsyncStream<PeerEvent>.Continuation, echoes: Bool) {
        self.events = events
        self.echoes = echoes
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let session = event as? TLSSession {
            events.yield(.session(session))
        } else if event as? ChannelEvent == .inputClosed {
            events.yield(.inputClosed)
            context.close(promise: nil)
        }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let plaintext = unwrapInboundIn(data)
        events.yield(.received(plaintext.withPlaintextBytes { Array($0) }))
        if echoes {
            context.writeAndFlush(wrapOutboundOut(plaintext), promise: nil)
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        events.yield(.failed((error as? TLSError)?.code))
    }

    package func channelInactive(context: ChannelHandlerContext) {
        events.yield(.ended)
        events.finish()
    }
}

extension [PeerEvent] {
    package var sessions: [TLSSession] {
        compactMap { if case .session(let session) = $0 { session } else { nil } }
    }

    package var failures: [TLSError.Code?] {
        compactMap { if case .failed(let code) = $0 { .some(code) } else { nil } }
    }

    package var received: [UInt8] {
        flatMap { if case .received(let bytes) = $0 { bytes } else { [] as [UInt8] } }
    }
}
