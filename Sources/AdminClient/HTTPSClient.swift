package import Cryptography
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import TLSTransport

/// What a client connects to, as whom, and what it trusts.
package struct AdminClientConfiguration: Sendable {
    package var endpoint: AdminEndpoint
    /// Of the CA that issued the admin front's certificate.
    package var authority: Certificate
    /// The operator's.
    package var certificate: Certificate
    package var privateKey: PrivateKey
    package var connectSeconds: Int
    /// For a whole exchange: the workers' own deadline is shorter.
    package var requestSeconds: Int

    package init(
        endpoint: AdminEndpoint,
        authority: Certificate,
        certificate: Certificate,
        privateKey: PrivateKey,
        connectSeconds: Int = 5,
        requestSeconds: Int = 70
    ) {
        self.endpoint = endpoint
        self.authority = authority
        self.certificate = certificate
        self.privateKey = privateKey
        self.connectSeconds = connectSeconds
        self.requestSeconds = requestSeconds
    }
}

/// HTTPS with a client certificate, one request a connection: operators' commands are few and far between.
package struct HTTPSClient: Sendable {
    private static let maximumBodyByteCount = 16 << 20

    let configuration: AdminClientConfiguration
    private let context: TLSContext

    package init(_ configuration: AdminClientConfiguration) throws(AdminClientError) {
        self.configuration = configuration
        let host = configuration.endpoint.host
        do {
            context = try TLSContext(
                client: TLSClientConfiguration(
                    identity: TLSIdentity(
                        certificate: configuration.certificate,
                        privateKey: configuration.privateKey
                    ),
                    trust: .authorities([configuration.authority], serverName: host),
                    ciphers: .modern,
                    // An address must not be sent (RFC 6066, 3).
                    serverNameIndication: Self.isAddress(host) ? nil : host
                )
            )
        } catch {
            throw AdminClientError(.identityUnusable, detail: error.description)
        }
    }

    package func send(_ request: HTTPSRequest) async throws(AdminClientError) -> HTTPSResponse {
        do {
            return try await exchange(complete(request))
        } catch {
            throw AdminClientError(error)
        }
    }

    private func complete(_ request: HTTPSRequest) -> HTTPSRequest {
        var request = request
        request.headers.replaceOrAdd(name: "Host", value: configuration.endpoint.authority)
        request.headers.replaceOrAdd(name: "Connection", value: "close")
        if !request.headers.contains(name: "Accept") {
            request.headers.add(name: "Accept", value: "application/json, application/problem+json")
        }
        if let body = request.body, !request.headers.contains(name: "Transfer-Encoding") {
            request.headers.replaceOrAdd(name: "Content-Length", value: "\(body.readableBytes)")
        }
        return request
    }

    private func exchange(_ request: HTTPSRequest) async throws -> HTTPSResponse {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        // A name may have several addresses, of which some refuse: each is tried on a channel of its own, with its own
        // exchange, and that of the channel which connects is the one that counts.
        let answers = NIOLoopBoundBox.makeBoxSendingValue(
            [Swift.ObjectIdentifier: EventLoopFuture<HTTPSResponse>](),
            eventLoop: loop
        )
        let channel = try await bootstrap(on: loop, request, answers).connect(
            host: configuration.endpoint.host,
            port: configuration.endpoint.port
        ).get()
        return try await withTaskCancellationHandler {
            try await loop.flatSubmit {
                answers.value[Swift.ObjectIdentifier(channel)]
                    ?? loop.makeFailedFuture(AdminClientError(.connectionLost))
            }.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private func bootstrap(
        on loop: any EventLoop,
        _ request: HTTPSRequest,
        _ answers: NIOLoopBoundBox<[Swift.ObjectIdentifier: EventLoopFuture<HTTPSResponse>]>
    ) -> ClientBootstrap {
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(Int64(configuration.connectSeconds)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(TLSHandler<ByteBuffer>(context: context))
                    try pipeline.addHTTPClientHandlers()
                    let promise = channel.eventLoop.makePromise(of: HTTPSResponse.self)
                    answers.value[Swift.ObjectIdentifier(channel)] = promise.futureResult
                    do {
                        try pipeline.addHandler(
                            HTTPExchange(
                                request,
                                maximumBodyByteCount: Self.maximumBodyByteCount,
                                timeLimit: .seconds(Int64(configuration.requestSeconds)),
                                promise: promise
                            )
                        )
                    } catch {
                        promise.fail(error)
                        throw error
                    }
                }
            }
    }

    private static func isAddress(_ host: String) -> Bool {
        (try? SocketAddress(ipAddress: host, port: 0)) != nil
    }
}

extension AdminClientError {
    /// What NIO and TLS throw, in our terms.
    init(_ error: any Error) {
        switch error {
        case let error as AdminClientError: self = error
        case let error as TLSError: self.init(error)
        case let error as NIOConnectionError:
            let cause = error.connectionErrors.first.map { "\($0.error)" } ?? "\(error.host) can't be resolved"
            self.init(.cannotConnect, detail: cause)
        case ChannelError.connectTimeout: self.init(.cannotConnect, detail: "no answer in time")
        case let error as HTTPParserError: self.init(.unexpectedAnswer, detail: "\(error)")
        case let error as IOError: self.init(.connectionLost, detail: error.description)
        default: self.init(.connectionLost)
        }
    }

    private init(_ error: TLSError) {
        switch error.code {
        case .peerCertificateRefused, .peerCertificateNotPinned, .peerCertificateUnreadable:
            self.init(.serverNotTrusted, detail: error.detail)
        case .alertReceived(let alert) where Self.certificateAlerts.contains(alert):
            self.init(.operatorCertificateRefused, detail: "alert \(alert)")
        case .handshakeTimeout: self.init(.timedOut, detail: "in the TLS handshake")
        case .truncated: self.init(.connectionLost)
        default: self.init(.tlsFailed, detail: error.description)
        }
    }

    /// bad_certificate to certificate_unknown, unknown_ca, access_denied, certificate_required (RFC 8446, 6.2).
    private static let certificateAlerts: Set<UInt8> = [42, 43, 44, 45, 46, 48, 49, 116]
}
