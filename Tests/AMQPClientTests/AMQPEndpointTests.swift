import AMQPClient
import Testing

@Suite struct AMQPEndpointTests {
    @Test(
        arguments: [
            ("amqp://mq.example", "mq.example", 5672, "/", false),
            ("amqps://mq.example", "mq.example", 5671, "/", true),
            ("amqp://mq.example:5000/", "mq.example", 5000, "/", false),
            ("amqp://mq.example/keys", "mq.example", 5672, "keys", false),
            ("amqp://mq.example/%2Fkeys", "mq.example", 5672, "/keys", false),
            ("amqps://[::1]:5000", "::1", 5000, "/", true),
        ] as [(String, String, UInt16, String, Bool)]
    )
    func reads(_ url: String, _ host: String, _ port: UInt16, _ virtualHost: String, _ usesTLS: Bool) throws {
        let expected = AMQPEndpoint(host: host, port: port, virtualHost: virtualHost, usesTLS: usesTLS)
        #expect(try AMQPEndpoint(url: url) == expected)
    }

    @Test(arguments: [
        "", "mq.example", "http://mq.example", "amqp://", "amqp://:5672", "amqp://mq.example:0",
        "amqp://mq.example:70000",
        "amqp://mq.example?heartbeat=1", "amqp://mq.example#a",
    ])
    func refuses(_ url: String) {
        #expect(throws: AMQPClientError(.invalidConfiguration, operation: "")) { try AMQPEndpoint(url: url) }
    }

    @Test func refusesCredentialsAndDoesNotRepeatThem() {
        let error = #expect(throws: AMQPClientError.self) { try AMQPEndpoint(url: "amqp://user:hunter2@mq.example") }
        #expect(error?.description.contains("hunter2") == false)
        #expect(error?.code == .invalidConfiguration)
    }
}
