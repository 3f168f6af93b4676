import CRabbitMQ
import Glibc

/// The method in front of a content.
enum ContentMethod {
    case deliver(consumerTag: String, deliveryTag: UInt64, isRedelivered: Bool, exchange: String, routingKey: String)
    case returned(code: UInt16, routingKey: String)
}

/// The way of a frame to an event.
///
/// `amqp_consume_message` is not used: it answers a confirm, nack or return with `AMQP_STATUS_UNEXPECTED_STATE`, which
/// then has to be taken by another function. Taking every frame ourselves has one path for all of them.
extension BrokerSession {
    /// Takes what has arrived, without waiting; sends and checks heartbeats.
    /// - Parameter frameLimit: So many frames at most, so that a flood leaves room for sending.
    /// - Returns: The events, and whether more may be waiting.
    func receive(frameLimit: Int) throws(AMQPClientError) -> (events: [AMQPEvent], hasMore: Bool) {
        var events: [AMQPEvent] = []
        var taken = 0
        while taken < frameLimit {
            var frame = amqp_frame_t()
            var noWait = timeval()
            let status = amqp_simple_wait_frame_noblock(state, &frame, &noWait)
            if status == AMQP_STATUS_TIMEOUT.rawValue { break }
            guard status == AMQP_STATUS_OK.rawValue else {
                throw .library(status, operation: "amqp_simple_wait_frame_noblock")
            }
            if let event = try handle(frame) { events.append(event) }
            taken += 1
        }
        amqp_maybe_release_buffers(state)
        return (events, taken == frameLimit)
    }

    private func handle(_ frame: amqp_frame_t) throws(AMQPClientError) -> AMQPEvent? {
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD:
            return try handle(frame.payload.method)
        case AMQP_FRAME_HEADER where frame.channel == Self.messageChannel:
            guard let decoded = frame.payload.properties.decoded else { return nil }
            let native = decoded.assumingMemoryBound(to: amqp_basic_properties_t.self).pointee
            return try finish(
                assembly.header(bodyBytes: frame.payload.properties.body_size, properties: AMQPProperties(native))
            )
        case AMQP_FRAME_BODY where frame.channel == Self.messageChannel:
            let fragment = frame.payload.body_fragment
            return try finish(assembly.body(UnsafeRawBufferPointer(start: fragment.bytes, count: fragment.len)))
        default:
            throw AMQPClientError(.protocolViolation, operation: "frame", detail: "unexpected type or channel")
        }
    }

    private func handle(_ method: amqp_method_t) throws(AMQPClientError) -> AMQPEvent? {
        guard let decoded = method.decoded else { return nil }
        switch method.id {
        case AMQPMethod.basicDeliver:
            let deliver = decoded.assumingMemoryBound(to: amqp_basic_deliver_t.self).pointee
            try assembly.begin(
                .deliver(
                    consumerTag: String(deliver.consumer_tag),
                    deliveryTag: deliver.delivery_tag,
                    isRedelivered: deliver.redelivered != 0,
                    exchange: String(deliver.exchange),
                    routingKey: String(deliver.routing_key)
                )
            )
            return nil
        case AMQPMethod.basicReturn:
            let returned = decoded.assumingMemoryBound(to: amqp_basic_return_t.self).pointee
            try assembly.begin(.returned(code: returned.reply_code, routingKey: String(returned.routing_key)))
            return nil
        case AMQPMethod.basicAck:
            let ack = decoded.assumingMemoryBound(to: amqp_basic_ack_t.self).pointee
            let tokens = try confirms.settle(upTo: ack.delivery_tag, multiple: ack.multiple != 0)
            return tokens.isEmpty ? nil : .confirmed(generation: generation, tokens: tokens)
        case AMQPMethod.basicNack:
            let nack = decoded.assumingMemoryBound(to: amqp_basic_nack_t.self).pointee
            let tokens = try confirms.settle(upTo: nack.delivery_tag, multiple: nack.multiple != 0)
            return tokens.isEmpty ? nil : .refused(generation: generation, tokens: tokens)
        case AMQPMethod.connectionBlocked:
            return .blocked(generation: generation, true)
        case AMQPMethod.connectionUnblocked:
            return .blocked(generation: generation, false)
        case AMQPMethod.basicCancel:
            throw AMQPClientError(.consumerCancelled, operation: "basic.cancel")
        default:
            throw closing(method)
        }
    }

    /// The broker ends connection or channel: say that it was heard, and give the session up either way.
    private func closing(_ method: amqp_method_t) -> AMQPClientError {
        if method.id == AMQPMethod.connectionClose {
            var closeOk = amqp_connection_close_ok_t()
            amqp_send_method(state, 0, AMQPMethod.connectionCloseOk, &closeOk)
        }
        return AMQPClientError.closed(by: method, operation: "broker")
            ?? AMQPClientError(.protocolViolation, operation: "method", detail: String(method.id, radix: 16))
    }

    private func finish(_ result: ContentAssembly<ContentMethod>.Result) throws(AMQPClientError) -> AMQPEvent? {
        switch result {
        case .incomplete:
            return nil
        case .complete(let content):
            return event(for: content)
        case .oversized(let method, let bodyBytes):
            if case .deliver(let consumerTag, let deliveryTag, _, _, _) = method, isAcknowledged(consumerTag) {
                try reject(deliveryTag: deliveryTag, requeue: false)
            }
            return .oversizedRejected(generation: generation, bodyBytes: bodyBytes)
        }
    }

    private func event(for content: ContentAssembly<ContentMethod>.Content) -> AMQPEvent {
        switch content.method {
        case .returned(let code, let routingKey):
            return .returned(
                AMQPReturn(
                    generation: generation,
                    code: code,
                    routingKey: routingKey,
                    properties: content.properties
                )
            )
        case .deliver(let consumerTag, let deliveryTag, let isRedelivered, let exchange, let routingKey):
            return .delivered(
                AMQPDelivery(
                    generation: generation,
                    consumerTag: consumerTag,
                    deliveryTag: deliveryTag,
                    isRedelivered: isRedelivered,
                    exchange: exchange,
                    routingKey: routingKey,
                    properties: content.properties,
                    body: content.body
                )
            )
        }
    }

    private func isAcknowledged(_ consumerTag: String) -> Bool {
        plan.subscriptions.contains { subscription in
            guard case .queue = subscription.source else { return false }
            return subscription.consumerTag == consumerTag
        }
    }
}

extension AMQPProperties {
    fileprivate init(_ native: amqp_basic_properties_t) {
        func text(_ flag: amqp_flags_t, _ bytes: amqp_bytes_t) -> String? {
            native._flags & flag == 0 ? nil : String(bytes)
        }
        messageID = text(AMQPPropertyFlag.messageID, native.message_id)
        correlationID = text(AMQPPropertyFlag.correlationID, native.correlation_id)
        replyTo = text(AMQPPropertyFlag.replyTo, native.reply_to)
        expiration = text(AMQPPropertyFlag.expiration, native.expiration)
    }
}
