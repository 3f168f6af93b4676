/// The properties of a message that Keyferry uses (AMQP 0-9-1, 1.8.1, class basic). Short strings of at most 255 bytes.
package struct AMQPProperties: Sendable, Equatable {
    package var messageID: String?
    package var correlationID: String?
    package var replyTo: String?
    /// Milliseconds until the broker drops the message from a queue, as decimal digits.
    package var expiration: String?

    package init(
        messageID: String? = nil,
        correlationID: String? = nil,
        replyTo: String? = nil,
        expiration: String? = nil
    ) {
        self.messageID = messageID
        self.correlationID = correlationID
        self.replyTo = replyTo
        self.expiration = expiration
    }
}

/// A message to publish. It is transient: brokers keep it in memory.
package struct AMQPMessage: Sendable {
    /// The pseudo queue of direct replies. Who publishes a request with it needs a `directReplyTo` subscription first.
    package static let directReplyTo = "amq.rabbitmq.reply-to"

    /// The empty string is the default exchange: the routing key names a queue, or is a request's reply-to.
    package var exchange: String
    package var routingKey: String
    package var properties: AMQPProperties
    package var body: [UInt8]
    /// Whether the broker returns the message if no queue is bound. Never on a reply: the broker returns replies that it
    /// has delivered.
    package var isMandatory: Bool

    package init(
        exchange: String,
        routingKey: String,
        properties: AMQPProperties = AMQPProperties(),
        body: [UInt8],
        isMandatory: Bool = false
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
        self.isMandatory = isMandatory
    }

    /// Every string as the wire allows it: a longer one would be cut or would break the frame.
    func validate(bodyLimit: Int) throws(AMQPClientError) {
        let strings = [
            exchange, routingKey, properties.messageID, properties.correlationID, properties.replyTo,
            properties.expiration,
        ]
        guard strings.allSatisfy({ ($0?.utf8.count ?? 0) <= 255 }), body.count <= bodyLimit else {
            throw AMQPClientError(.messageTooLarge, operation: "publish")
        }
    }
}

/// A message from the broker, which is believed in nothing: the body is authenticated by who opens it.
package struct AMQPDelivery: Sendable {
    /// Which connection brought it: the delivery tag means nothing to any other.
    package let generation: UInt64
    package let consumerTag: String
    package let deliveryTag: UInt64
    /// The broker gave it to a consumer before, who may or may not have begun to work on it.
    package let isRedelivered: Bool
    package let exchange: String
    package let routingKey: String
    package let properties: AMQPProperties
    package let body: [UInt8]
}

/// A mandatory message that no queue took.
package struct AMQPReturn: Sendable {
    package let generation: UInt64
    /// 312 is NO_ROUTE.
    package let code: UInt16
    package let routingKey: String
    package let properties: AMQPProperties
}

/// How much waits in a queue.
package struct AMQPQueueDepth: Sendable, Equatable {
    package let queue: String
    /// Messages ready for delivery; those delivered and not yet acknowledged are not counted.
    package let messages: Int
    package let consumers: Int
}

/// What a connection tells its owner. All of one connection's events come from its thread, in order.
package enum AMQPEvent: Sendable {
    /// Logged in, topology declared, subscribed. Generations count up from 1.
    case connected(generation: UInt64, endpoint: AMQPEndpoint)
    /// A connection could not be made; the next try comes after `retryIn`.
    case connectFailed(endpoint: AMQPEndpoint, error: AMQPClientError, retryIn: Duration)
    /// The connection is gone, and with it every delivery tag and every publish of this generation that was neither
    /// confirmed nor refused: such a message may or may not have reached a queue.
    case lost(generation: UInt64, error: AMQPClientError)
    /// The broker took these publishes over.
    case confirmed(generation: UInt64, tokens: [UInt64])
    /// The broker did not take these (`reject-publish` of a full queue, or an internal error).
    case refused(generation: UInt64, tokens: [UInt64])
    /// Comes before the confirmation of the same publish.
    case returned(AMQPReturn)
    case delivered(AMQPDelivery)
    /// A delivery above the size limit was rejected for good.
    case oversizedRejected(generation: UInt64, bodyBytes: UInt64)
    /// The broker is short of memory or disk and takes nothing (true), or takes messages again (false).
    case blocked(generation: UInt64, Bool)
    /// The last event: the thread ends.
    case stopped
}
