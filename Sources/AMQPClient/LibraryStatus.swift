import CRabbitMQ

extension AMQPClientError {
    /// A status that a librabbitmq function returned.
    static func library(_ status: Int32, operation: String) -> AMQPClientError {
        let detail = String(cString: amqp_error_string2(status))
        let code: Code =
            switch status {
            case AMQP_STATUS_NO_MEMORY.rawValue: .outOfMemory
            case AMQP_STATUS_HOSTNAME_RESOLUTION_FAILED.rawValue: .hostNotFound
            case AMQP_STATUS_TIMEOUT.rawValue: .timedOut
            case AMQP_STATUS_HEARTBEAT_TIMEOUT.rawValue: .heartbeatMissed
            case AMQP_STATUS_CONNECTION_CLOSED.rawValue, AMQP_STATUS_SOCKET_ERROR.rawValue,
                AMQP_STATUS_SOCKET_CLOSED.rawValue, AMQP_STATUS_TCP_ERROR.rawValue, AMQP_STATUS_SSL_ERROR.rawValue:
                .connectionClosed
            case AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED.rawValue, AMQP_STATUS_SSL_PEER_VERIFY_FAILED.rawValue:
                .tlsPeerNotTrusted
            case AMQP_STATUS_SSL_CONNECTION_FAILED.rawValue: .tlsFailed
            default: .protocolViolation
            }
        return AMQPClientError(code, operation: operation, detail: detail)
    }

    /// A `connection.close` or `channel.close` of the broker (AMQP 0-9-1, 1.2 "Reply codes").
    static func closed(replyCode: UInt16, text: String, operation: String) -> AMQPClientError {
        let code: Code =
            switch replyCode {
            case 403, 530: .accessRefused
            case 404: .notFound
            case 405: .resourceLocked
            case 406: .preconditionFailed
            default: .closedByBroker
            }
        return AMQPClientError(code, operation: operation, detail: "\(replyCode) \(text)")
    }

    /// What a synchronous method came to; nil if it succeeded.
    static func failure(of reply: amqp_rpc_reply_t, operation: String) -> AMQPClientError? {
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL:
            return nil
        case AMQP_RESPONSE_LIBRARY_EXCEPTION:
            return library(reply.library_error, operation: operation)
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            return closed(by: reply.reply, operation: operation)
        default:
            return AMQPClientError(.connectionClosed, operation: operation, detail: "end of stream")
        }
    }

    /// A closing method received; nil if `method` is no such method.
    static func closed(by method: amqp_method_t, operation: String) -> AMQPClientError? {
        guard let decoded = method.decoded else { return nil }
        switch method.id {
        case AMQPMethod.connectionClose:
            let close = decoded.assumingMemoryBound(to: amqp_connection_close_t.self).pointee
            return closed(replyCode: close.reply_code, text: String(close.reply_text), operation: operation)
        case AMQPMethod.channelClose:
            let close = decoded.assumingMemoryBound(to: amqp_channel_close_t.self).pointee
            return closed(replyCode: close.reply_code, text: String(close.reply_text), operation: operation)
        default:
            return nil
        }
    }
}

/// Method numbers: class in the upper, method in the lower 16 bits (AMQP 0-9-1, 1.3). The header has them as macros
/// with casts.
enum AMQPMethod {
    static let connectionClose: amqp_method_number_t = 0x000A_0032
    static let connectionCloseOk: amqp_method_number_t = 0x000A_0033
    static let connectionBlocked: amqp_method_number_t = 0x000A_003C
    static let connectionUnblocked: amqp_method_number_t = 0x000A_003D
    static let channelClose: amqp_method_number_t = 0x0014_0028
    static let channelCloseOk: amqp_method_number_t = 0x0014_0029
    static let basicCancel: amqp_method_number_t = 0x003C_001E
    static let basicReturn: amqp_method_number_t = 0x003C_0032
    static let basicDeliver: amqp_method_number_t = 0x003C_003C
    static let basicAck: amqp_method_number_t = 0x003C_0050
    static let basicNack: amqp_method_number_t = 0x003C_0078
}

/// Presence bits of the basic properties, from the most significant down in the order of the standard's list.
enum AMQPPropertyFlag {
    static let deliveryMode: amqp_flags_t = 1 << 12
    static let correlationID: amqp_flags_t = 1 << 10
    static let replyTo: amqp_flags_t = 1 << 9
    static let expiration: amqp_flags_t = 1 << 8
    static let messageID: amqp_flags_t = 1 << 7
}
