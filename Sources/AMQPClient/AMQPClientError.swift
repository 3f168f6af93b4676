/// Why something with the broker failed.
///
/// Two errors are equal when their codes are. The description names the library's function and the broker's own words;
/// it holds no credentials.
package struct AMQPClientError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// An endpoint, a limit or a name in the configuration cannot be used.
        case invalidConfiguration
        /// The credentials file is missing, unreadable, malformed, or readable by every user of the machine.
        case credentialsUnusable
        /// The broker's name does not resolve.
        case hostNotFound
        /// Nothing accepts the connection.
        case unreachable
        /// The TLS handshake failed, or a certificate or key file cannot be loaded.
        case tlsFailed
        /// The broker's certificate is not signed by the configured CA or is not for this host name.
        case tlsPeerNotTrusted
        /// The broker refuses user, password, certificate or virtual host (AMQP 403, 530).
        case accessRefused
        /// A queue or exchange does not exist (AMQP 404).
        case notFound
        /// A queue is held exclusively by another connection (AMQP 405).
        case resourceLocked
        /// A queue or exchange exists with other properties, or a delivery tag is unknown (AMQP 406).
        case preconditionFailed
        /// The broker closed the connection or channel for another reason; the description has its words.
        case closedByBroker
        /// The broker cancelled a consumer: its queue was deleted or moved.
        case consumerCancelled
        /// The connection broke.
        case connectionClosed
        /// The broker was silent for two heartbeats.
        case heartbeatMissed
        /// The broker did not answer within the limit.
        case timedOut
        /// The broker sent what AMQP 0-9-1 does not allow.
        case protocolViolation
        /// There is no connection, or another than the one that was meant.
        case notConnected
        /// The broker is short of memory or disk and takes nothing.
        case brokerBlocked
        /// The bound on what waits to be sent is reached.
        case outgoingQueueFull
        /// The message is larger than the configured limit, or one of its short strings exceeds 255 bytes.
        case messageTooLarge
        /// The library could not allocate memory.
        case outOfMemory
    }

    package let code: Code
    /// The step that failed, for the log: a librabbitmq function or a noun.
    package let operation: String
    /// What the library or the broker said: printable ASCII, at most 200 characters.
    package let detail: String

    package init(_ code: Code, operation: String, detail: String = "") {
        self.code = code
        self.operation = operation
        self.detail = Self.printable(detail)
    }

    package var description: String {
        detail.isEmpty ? "\(operation): \(code.rawValue)" : "\(operation): \(code.rawValue) (\(detail))"
    }

    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }

    /// The broker's text goes to logs and terminals: nothing but printable ASCII of it.
    private static func printable(_ text: String) -> String {
        String(text.unicodeScalars.prefix(200).map { (0x20...0x7E).contains($0.value) ? Character($0) : "?" })
    }
}
