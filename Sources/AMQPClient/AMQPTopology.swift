/// Exchanges, queues and bindings that must exist. Declaring what already exists with the same properties changes
/// nothing (AMQP 0-9-1, 1.7.2.1.3); with other properties the broker closes the channel with 406.
package struct AMQPTopology: Sendable, Equatable {
    package struct Exchange: Sendable, Equatable {
        package var name: String
        /// `direct`, `topic` or `fanout`.
        package var type: String
        package var isDurable: Bool

        package init(name: String, type: String, isDurable: Bool) {
            self.name = name
            self.type = type
            self.isDurable = isDurable
        }
    }

    package struct Queue: Sendable, Equatable {
        package var name: String
        package var isDurable: Bool
        package var arguments: [Argument]

        package init(name: String, isDurable: Bool, arguments: [Argument] = []) {
            self.name = name
            self.isDurable = isDurable
            self.arguments = arguments
        }
    }

    /// One of a queue's `x-` arguments.
    package struct Argument: Sendable, Equatable {
        package enum Value: Sendable, Equatable {
            case integer(Int64)
            case text(String)
        }

        package var name: String
        package var value: Value

        package init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    package struct Binding: Sendable, Equatable {
        package var queue: String
        package var exchange: String
        package var routingKey: String

        package init(queue: String, exchange: String, routingKey: String) {
            self.queue = queue
            self.exchange = exchange
            self.routingKey = routingKey
        }
    }

    package var exchanges: [Exchange]
    package var queues: [Queue]
    package var bindings: [Binding]

    package init(exchanges: [Exchange] = [], queues: [Queue] = [], bindings: [Binding] = []) {
        self.exchanges = exchanges
        self.queues = queues
        self.bindings = bindings
    }
}

/// What a connection sets up anew each time it reaches a broker, before it reports `connected`.
package struct AMQPSessionPlan: Sendable {
    /// A source of deliveries. Deliveries carry `consumerTag`.
    package struct Subscription: Sendable {
        package enum Source: Sendable {
            /// A queue of the topology; deliveries must be acknowledged. At most `prefetch` are unacknowledged.
            case queue(name: String, prefetch: UInt16)
            /// Replies to what this connection publishes with `replyTo: AMQPMessage.directReplyTo`.
            case directReplyTo
            /// A nameless queue that ends with the connection, bound to an exchange; acknowledged by being sent.
            /// When more than `maximumLength` messages wait, the oldest are dropped.
            case temporaryQueue(exchange: String, routingKeys: [String], maximumLength: Int64)
        }

        package var consumerTag: String
        package var source: Source

        package init(consumerTag: String, source: Source) {
            self.consumerTag = consumerTag
            self.source = source
        }
    }

    package var topology: AMQPTopology
    package var subscriptions: [Subscription]

    package init(topology: AMQPTopology = AMQPTopology(), subscriptions: [Subscription] = []) {
        self.topology = topology
        self.subscriptions = subscriptions
    }
}
