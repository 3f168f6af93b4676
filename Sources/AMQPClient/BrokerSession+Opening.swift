import CRabbitMQ
import Glibc

/// The way from nothing to a session: socket, TLS, login, declarations, consumers.
extension BrokerSession {
    func openSocket(_ endpoint: AMQPEndpoint) throws(AMQPClientError) {
        var limit = timeval(tv_sec: configuration.limits.callSeconds, tv_usec: 0)
        amqp_set_handshake_timeout(state, &limit)
        amqp_set_rpc_timeout(state, &limit)
        let socket = endpoint.usesTLS ? amqp_ssl_socket_new(state) : amqp_tcp_socket_new(state)
        guard let socket else { throw AMQPClientError(.outOfMemory, operation: "amqp_socket_new") }
        if endpoint.usesTLS, let tls = configuration.tls { try configure(socket, tls) }
        let status = amqp_socket_open_noblock(socket, endpoint.host, Int32(endpoint.port), &limit)
        guard status == AMQP_STATUS_OK.rawValue else {
            let error = AMQPClientError.library(status, operation: "amqp_socket_open")
            let isTransport = error.code == .connectionClosed || error.code == .timedOut
            throw isTransport
                ? AMQPClientError(.unreachable, operation: error.operation, detail: error.detail) : error
        }
        var milliseconds = configuration.limits.unacknowledgedMilliseconds
        let size = socklen_t(MemoryLayout.size(ofValue: milliseconds))
        guard setsockopt(self.socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds, size) == 0 else {
            throw AMQPClientError(
                .connectionClosed,
                operation: "TCP_USER_TIMEOUT",
                detail: String(cString: strerror(errno))
            )
        }
    }

    private func configure(_ socket: OpaquePointer, _ tls: AMQPConfiguration.TLS) throws(AMQPClientError) {
        func check(_ status: Int32, _ what: String) throws(AMQPClientError) {
            guard status == AMQP_STATUS_OK.rawValue else {
                throw AMQPClientError(.tlsFailed, operation: what, detail: "the file is missing or not usable")
            }
        }
        amqp_ssl_socket_set_verify_peer(socket, 1)
        amqp_ssl_socket_set_verify_hostname(socket, 1)
        try check(amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST), "TLS versions")
        try check(amqp_ssl_socket_set_cacert(socket, tls.certificateAuthorityPath), "CA certificate for the broker")
        if let certificate = tls.clientCertificatePath, let key = tls.clientKeyPath {
            try check(amqp_ssl_socket_set_key(socket, certificate, key), "client certificate for the broker")
        }
    }

    func logIn(_ endpoint: AMQPEndpoint) throws(AMQPClientError) {
        defer { arena.recycle() }
        var properties = arena.clientProperties(connectionName: configuration.connectionName)
        let heartbeat = configuration.limits.heartbeatSeconds
        let frameSize: Int32 = 131_072
        let reply: amqp_rpc_reply_t
        switch configuration.authentication {
        case .credentialsFile(let path):
            reply = try CredentialsFile.withCredentials(path: path) { user, password in
                crabbitmq_login_plain(
                    state,
                    endpoint.virtualHost,
                    0,
                    frameSize,
                    heartbeat,
                    &properties,
                    user,
                    password
                )
            }
        case .clientCertificate:
            reply = crabbitmq_login_external(state, endpoint.virtualHost, 0, frameSize, heartbeat, &properties)
        }
        if let error = AMQPClientError.failure(of: reply, operation: "amqp_login") { throw error }
    }

    func declare(_ topology: AMQPTopology) throws(AMQPClientError) {
        try openDeclarationChannel()
        let channel = Self.declarationChannel
        for exchange in topology.exchanges {
            defer { arena.recycle() }
            amqp_exchange_declare(
                state,
                channel,
                arena.bytes(exchange.name),
                arena.bytes(exchange.type),
                0,
                exchange.isDurable ? 1 : 0,
                0,
                0,
                amqp_table_t()
            )
            try check("declare exchange \(exchange.name)")
        }
        for queue in topology.queues {
            defer { arena.recycle() }
            amqp_queue_declare(
                state,
                channel,
                arena.bytes(queue.name),
                0,
                queue.isDurable ? 1 : 0,
                0,
                0,
                arena.table(queue.arguments)
            )
            try check("declare queue \(queue.name)")
        }
        for binding in topology.bindings { try bind(binding, channel: channel) }
    }

    /// - Parameter isQueue: Whether the plan's queues are meant, or all its other sources.
    func subscribe(_ subscription: AMQPSessionPlan.Subscription, isQueue: Bool) throws(AMQPClientError) {
        switch subscription.source {
        case .queue(let name, let prefetch):
            guard isQueue else { return }
            // Not "global": RabbitMQ then counts for each new consumer of the channel.
            amqp_basic_qos(state, Self.messageChannel, 0, prefetch, 0)
            try check("amqp_basic_qos")
            try consume(queue: name, tag: subscription.consumerTag, isAcknowledged: true)
        case .directReplyTo:
            guard !isQueue else { return }
            try consume(queue: AMQPMessage.directReplyTo, tag: subscription.consumerTag, isAcknowledged: false)
        case .temporaryQueue(let exchange, let routingKeys, let maximumLength):
            guard !isQueue else { return }
            let name = try declareTemporaryQueue(maximumLength: maximumLength)
            for key in routingKeys {
                let binding = AMQPTopology.Binding(queue: name, exchange: exchange, routingKey: key)
                try bind(binding, channel: Self.declarationChannel)
            }
            try consume(queue: name, tag: subscription.consumerTag, isAcknowledged: false)
        }
    }

    private func declareTemporaryQueue(maximumLength: Int64) throws(AMQPClientError) -> String {
        defer { arena.recycle() }
        let arguments = [
            AMQPTopology.Argument("x-max-length", .integer(maximumLength)),
            AMQPTopology.Argument("x-overflow", .text("drop-head")),
        ]
        let answer = amqp_queue_declare(
            state,
            Self.declarationChannel,
            amqp_bytes_t(),
            0,
            0,
            1,
            1,
            arena.table(arguments)
        )
        try check("declare temporary queue")
        guard let answer else { throw AMQPClientError(.protocolViolation, operation: "declare temporary queue") }
        return String(answer.pointee.queue)
    }

    private func bind(_ binding: AMQPTopology.Binding, channel: amqp_channel_t) throws(AMQPClientError) {
        defer { arena.recycle() }
        amqp_queue_bind(
            state,
            channel,
            arena.bytes(binding.queue),
            arena.bytes(binding.exchange),
            arena.bytes(binding.routingKey),
            amqp_table_t()
        )
        try check("bind queue to \(binding.exchange)")
    }

    private func consume(queue: String, tag: String, isAcknowledged: Bool) throws(AMQPClientError) {
        defer { arena.recycle() }
        amqp_basic_consume(
            state,
            Self.messageChannel,
            arena.bytes(queue),
            arena.bytes(tag),
            0,
            isAcknowledged ? 0 : 1,
            0,
            amqp_table_t()
        )
        try check("amqp_basic_consume")
    }
}
