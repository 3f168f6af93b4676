import Foundation
import Testing

@testable import ServiceBootstrap

@Suite struct ConfigurationReaderTests {
    private struct Listener: ConfigurationSettings, Equatable {
        var listen: NetworkAddress
        var messageBytes: Int
        var isOn: Bool
        var file: String?

        init(from reader: ConfigurationReader) throws(ConfigurationError) {
            listen = try NetworkAddress(from: reader.group("listen"), defaultHost: "0.0.0.0", defaultPort: 5696)
            messageBytes = try reader.group("limits").integer("messageBytes", in: 1...1000, default: 10)
            isOn = try reader.flag("isOn", default: false)
            file = try reader.optionalPath("file")
        }
    }

    private func read(_ yaml: String, environment: [String: String] = [:]) async throws -> Listener {
        try await TemporaryFolder.with { folder in
            let path = try folder.write(yaml, to: "gateway.yaml")
            return try await ConfigurationReader.read(Listener.self, path: path, environment: environment)
        }
    }

    private func message(_ yaml: String, environment: [String: String] = [:]) async throws -> String {
        do {
            _ = try await read(yaml, environment: environment)
            return "accepted"
        } catch let error as ConfigurationError {
            return error.description
        }
    }

    @Test func valuesAreRead() async throws {
        let listener = try await read("listen: {host: '::1', port: 99}\nlimits:\n  messageBytes: 7\nisOn: true\n")
        #expect(listener.listen == NetworkAddress(host: "::1", port: 99))
        #expect(listener.messageBytes == 7)
        #expect(listener.isOn)
    }

    @Test func absentKeysTakeTheirDefaults() async throws {
        let listener = try await read("isOn: false\n")
        #expect(listener.listen.port == 5696)
        #expect(listener.messageBytes == 10)
        #expect(listener.file == nil)
    }

    @Test func relativePathsStartAtTheFile() async throws {
        let listener = try await read("file: keys/server.pem\n")
        #expect(listener.file?.hasSuffix("/keys/server.pem") == true)
        #expect(listener.file?.hasPrefix("/") == true)
        #expect(try await read("file: /etc/server.pem\n").file == "/etc/server.pem")
    }

    @Test(arguments: [
        ("listen:\n  port: 70000\n", "gateway.yaml: listen.port: 70000 is not a port (1-65535)"),
        ("listen:\n  port: 0\n", "gateway.yaml: listen.port: 0 is not a port (1-65535)"),
        ("listen:\n  port:\n", "gateway.yaml: listen.port: has no value"),
        ("listen:\n  port: [1, 2]\n", "gateway.yaml: listen.port: must be a single value"),
        ("limits:\n  messageBytes: many\n", "gateway.yaml: limits.messageBytes: many is not a whole number"),
        ("limits:\n  messageBytes: 1001\n", "gateway.yaml: limits.messageBytes: 1001 is out of range (1-1000)"),
        ("isOn: yes please\n", "gateway.yaml: isOn: yes please is neither true nor false"),
        ("listen: 5\n", "gateway.yaml: listen: has keys beneath it, not a value"),
        ("listen:\nlimits:\n  # messageBytes: 5\n", "accepted"),
        ("lisen:\n  prot: 1\nisOn: true\n", "gateway.yaml: unknown key lisen.prot"),
        ("a: 1\nb: [2]\n", "gateway.yaml: unknown keys a, b"),
    ])
    func whatIsWrongIsNamed(yaml: String, expected: String) async throws {
        #expect(try await message(yaml) == expected)
    }

    @Test(arguments: ["", "# nothing\n", "just text\n", "a: [", "a: 1\na: 2\n", "a:\n\t- b\n"])
    func whatIsNotAMappingIsRefused(yaml: String) async throws {
        await #expect(throws: ConfigurationError(.malformed, "")) { try await read(yaml) }
        #expect(try await message(yaml).contains("\n") == false)
    }

    @Test func environmentOverridesTheFile() async throws {
        let yaml = "listen:\n  port: 1\nlimits:\n  messageBytes: 7\n"
        let listener = try await read(
            yaml,
            environment: ["KEYFERRY_LISTEN_PORT": "2", "KEYFERRY_LIMITS_MESSAGE_BYTES": "8", "KEYFERRY_HOME": "/"]
        )
        #expect(listener.listen.port == 2)
        #expect(listener.messageBytes == 8)
        #expect(
            try await message(yaml, environment: ["KEYFERRY_LISTEN_PORT": "x"])
                == "KEYFERRY_LISTEN_PORT: x is not a port (1-65535)"
        )
    }

    @Test func aMissingFileIsNamed() async throws {
        await #expect(throws: ConfigurationError(.unreadable, "")) {
            try await ConfigurationReader.read(Listener.self, path: "/nonexistent/gateway.yaml", environment: [:])
        }
    }

    @Test(arguments: [
        ("broker:5672", NetworkAddress(host: "broker", port: 5672)),
        ("[::1]:1", NetworkAddress(host: "::1", port: 1)),
        ("::1:1", nil), ("broker", nil), ("broker:0", nil), ("broker:65536", nil), (":5", nil), ("a b:5", nil),
    ])
    func addresses(text: String, expected: NetworkAddress?) {
        #expect(NetworkAddress(text) == expected)
    }
}
