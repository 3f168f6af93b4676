import CRabbitMQ
import Glibc

/// One AMQP connection: owner of librabbitmq's connection state, which is not thread-safe. Everything here is called on
/// the thread of the connection's loop and may block for at most the limits of the configuration.
///
/// Any error thrown means that the connection is of no more use.
final class BrokerSession {
    /// Carries all messages and consumers.
    static let messageChannel: amqp_channel_t = 1
    /// For declarations and passive declarations: when the broker refuses one it closes the channel, and consumers and
    /// confirmations must not go with it.
    static let declarationChannel: amqp_channel_t = 2

    let state: amqp_connection_state_t
    let generation: UInt64
    let configuration: AMQPConfiguration
    let plan: AMQPSessionPlan
    let arena = NativeArena()
    var confirms = ConfirmLedger()
    var assembly: ContentAssembly<ContentMethod>
    var isConsuming = false
    private var hasDeclarationChannel = false
    private var isClosed = false

    /// Connects, logs in, declares, subscribes. Queues are consumed from once `setConsuming(true)` is called.
    init(
        configuration: AMQPConfiguration,
        plan: AMQPSessionPlan,
        endpoint: AMQPEndpoint,
        generation: UInt64
    ) throws(AMQPClientError) {
        guard let state = amqp_new_connection() else {
            throw AMQPClientError(.outOfMemory, operation: "amqp_new_connection")
        }
        self.state = state
        self.generation = generation
        self.configuration = configuration
        self.plan = plan
        assembly = ContentAssembly(bodyLimit: configuration.limits.bodyBytes)
        try openSocket(endpoint)
        try logIn(endpoint)
        try openChannel(Self.messageChannel)
        amqp_confirm_select(state, Self.messageChannel)
        try check("amqp_confirm_select")
        try declare(plan.topology)
        for subscription in plan.subscriptions { try subscribe(subscription, isQueue: false) }
    }

    deinit {
        // librabbitmq's TLS close waits without limit for a peer that has stopped; a socket that is shut down has no
        // peer to wait for.
        let socket = amqp_get_sockfd(state)
        if !isClosed, socket >= 0 { shutdown(socket, Int32(SHUT_RDWR)) }
        amqp_destroy_connection(state)
    }

    /// The socket, to poll on.
    var socket: Int32 { amqp_get_sockfd(state) }

    /// Says goodbye to the broker and waits a second for its answer.
    func close() {
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        amqp_set_rpc_timeout(state, &limit)
        let reply = amqp_connection_close(state, 200)
        isClosed = reply.reply_type == AMQP_RESPONSE_NORMAL
    }

    func publish(_ message: AMQPMessage, token: UInt64?) throws(AMQPClientError) {
        defer { arena.recycle() }
        var properties = basicProperties(message.properties)
        let status = message.body.withUnsafeBytes { body in
            amqp_basic_publish(
                state,
                Self.messageChannel,
                arena.bytes(message.exchange),
                arena.bytes(message.routingKey),
                message.isMandatory ? 1 : 0,
                0,
                &properties,
                amqp_bytes_t(len: body.count, bytes: UnsafeMutableRawPointer(mutating: body.baseAddress))
            )
        }
        guard status == AMQP_STATUS_OK.rawValue else { throw .library(status, operation: "amqp_basic_publish") }
        confirms.published(token: token)
    }

    func acknowledge(deliveryTag: UInt64, multiple: Bool) throws(AMQPClientError) {
        let status = amqp_basic_ack(state, Self.messageChannel, deliveryTag, multiple ? 1 : 0)
        guard status == AMQP_STATUS_OK.rawValue else { throw .library(status, operation: "amqp_basic_ack") }
    }

    func reject(deliveryTag: UInt64, requeue: Bool) throws(AMQPClientError) {
        let status = amqp_basic_nack(state, Self.messageChannel, deliveryTag, 0, requeue ? 1 : 0)
        guard status == AMQP_STATUS_OK.rawValue else { throw .library(status, operation: "amqp_basic_nack") }
    }

    /// Starts or cancels the consumers of the plan's queues. Deliveries on their way still arrive after a cancellation.
    func setConsuming(_ wanted: Bool) throws(AMQPClientError) {
        guard wanted != isConsuming else { return }
        isConsuming = wanted
        for subscription in plan.subscriptions {
            guard case .queue = subscription.source else { continue }
            if wanted {
                try subscribe(subscription, isQueue: true)
            } else {
                defer { arena.recycle() }
                amqp_basic_cancel(state, Self.messageChannel, arena.bytes(subscription.consumerTag))
                try check("amqp_basic_cancel")
            }
        }
    }

    /// Asks for a queue's depth by a passive declaration.
    /// - Returns: Nil if there is no such queue.
    func depth(queue: String) throws(AMQPClientError) -> AMQPQueueDepth? {
        defer { arena.recycle() }
        try openDeclarationChannel()
        let answer = amqp_queue_declare(
            state,
            Self.declarationChannel,
            arena.bytes(queue),
            1,
            0,
            0,
            0,
            amqp_table_t()
        )
        if let answer {
            return AMQPQueueDepth(
                queue: queue,
                messages: Int(answer.pointee.message_count),
                consumers: Int(answer.pointee.consumer_count)
            )
        }
        let error = AMQPClientError.failure(of: amqp_get_rpc_reply(state), operation: "amqp_queue_declare")
        guard let error, error.code == .notFound else {
            throw error ?? AMQPClientError(.protocolViolation, operation: "amqp_queue_declare")
        }
        var closeOk = amqp_channel_close_ok_t()
        let status = amqp_send_method(state, Self.declarationChannel, AMQPMethod.channelCloseOk, &closeOk)
        guard status == AMQP_STATUS_OK.rawValue else { throw .library(status, operation: "channel.close-ok") }
        hasDeclarationChannel = false
        return nil
    }

    /// Turns the outcome of the synchronous method just called into an error.
    func check(_ operation: String) throws(AMQPClientError) {
        if let error = AMQPClientError.failure(of: amqp_get_rpc_reply(state), operation: operation) { throw error }
    }

    func openDeclarationChannel() throws(AMQPClientError) {
        guard !hasDeclarationChannel else { return }
        try openChannel(Self.declarationChannel)
        hasDeclarationChannel = true
    }

    private func openChannel(_ channel: amqp_channel_t) throws(AMQPClientError) {
        amqp_channel_open(state, channel)
        try check("amqp_channel_open")
    }

    private func basicProperties(_ properties: AMQPProperties) -> amqp_basic_properties_t {
        var native = amqp_basic_properties_t()
        native._flags = AMQPPropertyFlag.deliveryMode
        native.delivery_mode = 1  // transient
        if let correlationID = properties.correlationID {
            native._flags |= AMQPPropertyFlag.correlationID
            native.correlation_id = arena.bytes(correlationID)
        }
        if let replyTo = properties.replyTo {
            native._flags |= AMQPPropertyFlag.replyTo
            native.reply_to = arena.bytes(replyTo)
        }
        if let expiration = properties.expiration {
            native._flags |= AMQPPropertyFlag.expiration
            native.expiration = arena.bytes(expiration)
        }
        if let messageID = properties.messageID {
            native._flags |= AMQPPropertyFlag.messageID
            native.message_id = arena.bytes(messageID)
        }
        return native
    }
}
