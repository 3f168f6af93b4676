import CRabbitMQ

/// Memory for the arguments of one library call: strings and tables, valid until `recycle`.
///
/// librabbitmq's structures point at bytes that somebody else owns. This is that somebody. Used by one thread.
struct NativeArena: ~Copyable {
    private let pool: UnsafeMutablePointer<amqp_pool_t>

    init() {
        pool = .allocate(capacity: 1)
        init_amqp_pool(pool, 4096)
    }

    deinit {
        empty_amqp_pool(pool)
        pool.deallocate()
    }

    func recycle() { recycle_amqp_pool(pool) }

    func bytes(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { utf8 in
            guard let source = utf8.baseAddress, !utf8.isEmpty else { return amqp_bytes_t() }
            guard let copy = amqp_pool_alloc(pool, utf8.count) else { preconditionFailure("out of memory") }
            copy.copyMemory(from: source, byteCount: utf8.count)
            return amqp_bytes_t(len: utf8.count, bytes: copy)
        }
    }

    func table(_ arguments: [AMQPTopology.Argument]) -> amqp_table_t {
        table(
            entries: arguments.map { argument in
                var value = amqp_field_value_t()
                switch argument.value {
                case .integer(let integer):
                    value.kind = UInt8(AMQP_FIELD_KIND_I64.rawValue)
                    value.value.i64 = integer
                case .text(let text):
                    value.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
                    value.value.bytes = bytes(text)
                }
                return amqp_table_entry_t(key: bytes(argument.name), value: value)
            }
        )
    }

    /// What the client tells the broker about itself at login. Without `consumer_cancel_notify` the broker would end a
    /// consumer in silence when its queue goes; without `connection.blocked` it would in silence stop to read.
    func clientProperties(connectionName: String) -> amqp_table_t {
        let capabilities = [
            "authentication_failure_close", "consumer_cancel_notify", "connection.blocked", "basic.nack",
        ]
        .map { name in
            var value = amqp_field_value_t()
            value.kind = UInt8(AMQP_FIELD_KIND_BOOLEAN.rawValue)
            value.value.boolean = 1
            return amqp_table_entry_t(key: bytes(name), value: value)
        }
        var nested = amqp_field_value_t()
        nested.kind = UInt8(AMQP_FIELD_KIND_TABLE.rawValue)
        nested.value.table = table(entries: capabilities)
        var name = amqp_field_value_t()
        name.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
        name.value.bytes = bytes(connectionName)
        return table(entries: [
            amqp_table_entry_t(key: bytes("capabilities"), value: nested),
            amqp_table_entry_t(key: bytes("connection_name"), value: name),
        ])
    }

    private func table(entries: [amqp_table_entry_t]) -> amqp_table_t {
        guard !entries.isEmpty else { return amqp_table_t() }
        let stride = MemoryLayout<amqp_table_entry_t>.stride
        guard let memory = amqp_pool_alloc(pool, stride * entries.count) else { preconditionFailure("out of memory") }
        let copy = memory.bindMemory(to: amqp_table_entry_t.self, capacity: entries.count)
        for (index, entry) in entries.enumerated() { (copy + index).initialize(to: entry) }
        return amqp_table_t(num_entries: Int32(entries.count), entries: copy)
    }
}

extension String {
    /// The broker's bytes as text; what is not UTF-8 is replaced.
    init(_ bytes: amqp_bytes_t) {
        guard let start = bytes.bytes, bytes.len > 0 else {
            self = ""
            return
        }
        self = String(decoding: UnsafeRawBufferPointer(start: start, count: bytes.len), as: UTF8.self)
    }
}
