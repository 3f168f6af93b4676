package import ArgumentParser
internal import Cryptography
internal import KMIP
internal import KMIPClient
internal import NIOCore
internal import NIOPosix
internal import ServiceBootstrap
internal import TLSTransport

/// Where the server is, how to know it, and who asks.
package struct KMIPServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The server's address; the port is 5696 unless given.", valueName: "host:port"))
    package var server: String

    @Option(help: "A file with the client certificate in PEM.", completion: .file())
    package var certificate: String

    @Option(help: "A file of mode 0600 with its private key in PEM.", completion: .file())
    package var key: String

    @Option(
        help: ArgumentHelp("Trust the server with this certificate (SHA-256), whoever issued it.", valueName: "hex")
    )
    package var serverFingerprint: String?

    @Option(help: "Trust servers with a certificate of this authority for the server's name.", completion: .file())
    package var ca: String?

    @Option(help: "The protocol version: 1.0, 1.1, 1.2, 1.3 or 1.4.")
    package var kmipVersion = "1.4"

    @Option(help: "How many seconds to wait for an answer.")
    package var timeout = 30

    package init() {}

    package func validate() throws {
        guard address != nil else { throw ValidationError("'\(server)' is not host or host:port.") }
        guard (serverFingerprint == nil) != (ca == nil) else {
            throw ValidationError("Give either --server-fingerprint or --ca: how else would the server be known?")
        }
        guard serverFingerprint == nil || fingerprint != nil else {
            throw ValidationError("A fingerprint is 64 hexadecimal digits, with or without colons.")
        }
        guard version != nil else { throw ValidationError("Protocol versions are 1.0 to 1.4.") }
        guard (1...3_600).contains(timeout) else { throw ValidationError("--timeout is 1 to 3600 seconds.") }
    }

    var address: NetworkAddress? {
        if let address = NetworkAddress(server) { return address }
        guard !server.isEmpty, !server.contains(":"), !server.contains(where: \.isWhitespace) else { return nil }
        return NetworkAddress(host: server, port: 5_696)
    }

    var version: ProtocolVersion? {
        ProtocolVersion.supported.first { $0.description == kmipVersion }
    }

    var fingerprint: [UInt8]? {
        let digits = serverFingerprint.map { $0.utf8.filter { $0 != UInt8(ascii: ":") } } ?? []
        guard digits.count == 64 else { return nil }
        return HexadecimalText.decode(digits)
    }

    /// Connects, has `body` talk to the server, and closes.
    func conversing<Value: Sendable>(
        _ body: (KMIPConversation) async throws(KMIPClientError) -> Value
    ) async throws(CommandFailure) -> Value {
        guard let address, let version else { throw CommandFailure(.usage, "server or version are not valid") }
        let context = try tlsContext(host: address.host)
        var options = KMIPConnectionOptions(host: address.host, port: Int(address.port))
        options.responseTimeout = .seconds(Int64(timeout))
        do {
            let connection = try await KMIPConnection.connect(
                to: options,
                tls: context,
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton
            )
            let result: Result<Value, KMIPClientError>
            do throws(KMIPClientError) {
                result = .success(try await body(KMIPConversation(over: connection, version: version)))
            } catch {
                result = .failure(error)
            }
            await connection.close()
            return try result.get()
        } catch {
            throw CommandFailure(error)
        }
    }

    private func tlsContext(host: String) throws(CommandFailure) -> TLSContext {
        let identity = TLSIdentity(
            certificate: try InputFile.certificate(certificate),
            privateKey: try InputFile.privateKey(key)
        )
        let trust: TLSServerTrust
        if let ca {
            trust = .authorities([try InputFile.certificate(ca)], serverName: host)
        } else {
            trust = .pinned(fingerprintSHA256: fingerprint ?? [])
        }
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        do {
            return try TLSContext(
                client: TLSClientConfiguration(
                    identity: identity,
                    trust: trust,
                    serverNameIndication: isAddress ? nil : host
                )
            )
        } catch {
            throw CommandFailure(
                .badInput,
                "certificate and key can't be used together",
                advice: printable(error.description)
            )
        }
    }
}

extension CommandFailure {
    /// What a user of the client can do about a failed exchange.
    init(_ error: KMIPClientError) {
        let text = printable(error.description)
        switch error.code {
        case .operationFailed: self.init(.refused, text)
        case .cannotConnect: self.init(.unavailable, text, advice: "Is the address right, and the server running?")
        case .timedOut: self.init(.unavailable, text)
        case .connectionClosed:
            self.init(
                .notPermitted,
                text,
                advice:
                    "A server does that to a certificate it does not know: register it ('keyferry certificate add')."
            )
        case .tls(.peerCertificateNotPinned):
            self.init(.notPermitted, text, advice: "Compare the fingerprint with the one the server's owner gives.")
        case .tls(.peerCertificateRefused):
            self.init(
                .notPermitted,
                text,
                advice: "--ca must be its authority, and --server a name in its certificate."
            )
        case .tls: self.init(.unavailable, text)
        case .invalidResponse, .responseTooLarge, .secureMemoryExhausted: self.init(.notUnderstood, text)
        }
    }
}
