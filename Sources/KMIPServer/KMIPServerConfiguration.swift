internal import Cryptography
internal import KMIPFraming
package import NIOCore

package struct KMIPServerConfiguration: Sendable {
    /// An address of this machine or a name for one. `::` is every address, IPv4 included.
    package var host: String
    /// 0: any free port, for tests.
    package var port: Int
    /// Connections at once. Beyond this number a new one takes the place of the oldest that was not admitted; where all
    /// were admitted, it is closed as it comes.
    package var maximumConnections: Int
    /// The largest request, header included.
    package var maximumMessageByteCount: Int
    /// The secure memory that the messages of all clients may take together. A client alone may take two thirds of it.
    package var secureMemoryByteCount: Int
    package var handshakeTimeout: TimeAmount
    /// From a request's first byte to its last, however steadily they drip; also how long the client may take to read a
    /// response, and how long a connection that is to be refused may wait before its first request.
    package var readTimeout: TimeAmount
    /// Between a response and the next request.
    package var idleTimeout: TimeAmount
    /// How long a close waits for the client's close_notify.
    package var closeTimeout: TimeAmount
    /// How long a shutdown waits for requests that are being answered.
    package var shutdownGrace: TimeAmount
    /// How far an event loop may fall behind before new connections are closed as they come: those of addresses that no
    /// admitted client has come from, and then, at the second limit, all.
    package var delayLimits: (strangers: TimeAmount, all: TimeAmount)

    package init(
        host: String,
        port: Int = 5696,
        maximumConnections: Int = 4096,
        maximumMessageByteCount: Int = 1 << 20
    ) {
        self.host = host
        self.port = port
        self.maximumConnections = maximumConnections
        self.maximumMessageByteCount = maximumMessageByteCount
        self.secureMemoryByteCount = Self.messageMemory(ofArena: SecureHeap.defaultByteCount)
        self.handshakeTimeout = .seconds(10)
        self.readTimeout = .seconds(15)
        self.idleTimeout = .minutes(5)
        self.closeTimeout = .seconds(1)
        self.shutdownGrace = .seconds(3)
        self.delayLimits = (strangers: .milliseconds(500), all: .milliseconds(1500))
    }

    /// What messages may take of a process's arena for key material. A quarter is left for its own keys and handshakes.
    ///
    /// Where the arena has four times the size of the largest message, and 128 KiB at least, a client alone can have
    /// such a message on its way in, or one that is being answered and as large an answer.
    ///
    /// - Parameter byteCount: as `SecureHeap.initialize` was given it.
    package static func messageMemory(ofArena byteCount: Int) -> Int {
        SecureBlock.byteCount(holding: byteCount) / 4 * 3
    }
}
