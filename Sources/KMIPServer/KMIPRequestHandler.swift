package import Cryptography

/// What stands behind a KMIP listener: it judges connections and answers messages. The listener itself knows framing,
/// limits and order, and nothing of what a message says.
///
/// The listener sets no time limit to either method: the handler is to have its own. A call goes on when its connection
/// ends meanwhile, and its result is dropped.
package protocol KMIPRequestHandler: Sendable {
    /// Judges a connection whose handshake is done. Asked once, before anything that it sent is looked at.
    func admit(_ peer: ConnectionPeer) async -> KMIPAdmission

    /// Answers one request message. The listener asks for one at a time on each connection.
    ///
    /// - Parameter request: a whole message: its first eight bytes announce its length. What they enclose was not read.
    func respond(to request: SecretBox, from peer: ConnectionPeer) async -> KMIPAnswer
}

package enum KMIPAdmission: Sendable {
    /// - Parameter instance: whose client it is, for the log.
    case serve(instance: String)
    /// The connection stays until its first request begins, and is closed then. Nothing of the request is kept. So a
    /// client can fetch the server's certificate before its own is registered.
    case refuseAtFirstRequest(KMIPCloseReason)
    /// The connection is closed at once.
    case close(KMIPCloseReason)
}

package enum KMIPAnswer: Sendable {
    /// The response message, written as it is; wiped when the last reference to it goes.
    case send(SecretBox)
    case sendAndClose(SecretBox, KMIPCloseReason)
    case close(KMIPCloseReason)
}
