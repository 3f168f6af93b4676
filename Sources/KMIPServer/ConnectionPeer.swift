package import Cryptography
package import TLSTransport

/// Distinguishes the connections of one process; for log lines. The count starts at 1.
package struct ConnectionID: Hashable, Sendable, CustomStringConvertible {
    let number: UInt64

    package var description: String { "\(number)" }
}

/// Who is at the other end of a connection, as far as its handshake has proven it.
package struct ConnectionPeer: Sendable {
    package let id: ConnectionID
    /// The remote address, numeric, without the port.
    package let address: String
    package let session: TLSSession
    /// What the connection holds of its client's share of the secure memory.
    package let memory: ConnectionMemory

    /// The client's certificate, whose key it holds. Whether it is known, and in date, is the request handler's to judge.
    package var certificate: Certificate? { session.peerCertificate }
}
