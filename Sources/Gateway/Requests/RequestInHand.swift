import JobTransport
import KMIPServer

/// A request while it is answered: what its log lines have in common.
struct RequestInHand: Sendable {
    /// What the request is called in the logs of gateway and worker and in the audit trail; its job travels under the same
    /// identity.
    let id = MessageID.random()
    let peer: ConnectionPeer
    /// When the message was complete.
    let begin = ContinuousClock.now
}
