import AMQPClient
import TestServices
import Testing

/// `amqps` with certificates made by the `openssl` command.
@Suite(.serialized, .enabled(if: ServiceRequirement.rabbitMQ.isMet && ServiceRequirement.openSSL.isMet))
struct TLSIntegrationTests {
    /// Two CAs; a server certificate for `localhost` and a client certificate from the first.
    private struct Certificates {
        let folder: TemporaryFolder

        init() async throws {
            folder = try TemporaryFolder()
            for name in ["ca", "other-ca"] {
                try await openssl(
                    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=\(name) -keyout "
                        + "\(folder.file("\(name).key")) -out \(folder.file("\(name).pem"))"
                )
            }
            for (name, common) in [("server", "localhost"), ("client", "keyferry")] {
                let extensions = try folder.write("subjectAltName=DNS:\(common)\n", to: "\(name).ext")
                try await openssl(
                    "req -newkey rsa:2048 -nodes -subj /CN=\(common) -keyout \(folder.file("\(name).key")) -out "
                        + folder.file("\(name).csr")
                )
                try await openssl(
                    "x509 -req -days 2 -in \(folder.file("\(name).csr")) -CA \(folder.file("ca.pem")) -CAkey "
                        + "\(folder.file("ca.key")) -CAcreateserial -extfile \(extensions) -out "
                        + folder.file("\(name).pem")
                )
            }
        }

        private func openssl(_ arguments: String) async throws {
            try await ChildProcess.run("/usr/bin/openssl", arguments.split(separator: " ").map(String.init), in: folder)
        }
    }

    @Test func needsTheRightAuthorityNameAndClientCertificate() async throws {
        let certificates = try await Certificates()
        let folder = certificates.folder
        let port = try FreePort.find()
        let node = try await RabbitMQNode(
            tls: .init(
                port: port,
                certificateAuthorityPath: folder.file("ca.pem"),
                certificatePath: folder.file("server.pem"),
                keyPath: folder.file("server.key")
            )
        )
        var good = node.configuration()
        good.endpoints = [AMQPEndpoint(host: "localhost", port: port, usesTLS: true)]
        good.tls = .init(
            certificateAuthorityPath: folder.file("ca.pem"),
            clientCertificatePath: folder.file("client.pem"),
            clientKeyPath: folder.file("client.key")
        )
        let topology = AMQPTopology(queues: [.init(name: "q", isDurable: true)])
        let plan = AMQPSessionPlan(
            topology: topology,
            subscriptions: [.init(consumerTag: "q", source: .queue(name: "q", prefetch: 10))]
        )
        let test = try TestConnection(good, plan: plan)
        let generation = try await test.up()
        test.outbox.setConsuming(true)
        let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for _ in 0..<10 {
            try test.outbox.publish(
                AMQPMessage(exchange: "", routingKey: "q", body: body),
                token: nil,
                generation: generation
            )
        }
        let bodies = try await test.events.wait(for: "ten deliveries") { events in
            events.deliveries.count == 10 ? events.deliveries.map(\.body) : nil
        }
        #expect(bodies.allSatisfy { $0 == body })
        await test.connection.stop()

        var otherAuthority = good
        otherAuthority.tls?.certificateAuthorityPath = folder.file("other-ca.pem")
        var otherName = good
        otherName.endpoints = [AMQPEndpoint(host: "127.0.0.1", port: port, usesTLS: true)]
        var noSuchFile = good
        noSuchFile.tls?.certificateAuthorityPath = folder.file("missing.pem")
        let cases: [(AMQPConfiguration, Set<AMQPClientError.Code>)] = [
            (otherAuthority, [.tlsFailed, .tlsPeerNotTrusted]), (otherName, [.tlsPeerNotTrusted]),
            (noSuchFile, [.tlsFailed]),
        ]
        for (configuration, codes) in cases {
            let test = try TestConnection(configuration)
            let error = try await test.events.wait(for: "a refusal") { $0.connectError }
            #expect(codes.contains(error.code), "\(error)")
            await test.connection.stop()
        }

        // With TLS 1.3 the broker's refusal of a missing certificate arrives after the handshake.
        var noCertificate = good
        noCertificate.tls?.clientCertificatePath = nil
        noCertificate.tls?.clientKeyPath = nil
        let refused = try TestConnection(noCertificate)
        _ = try await refused.events.wait(for: "a refusal") { $0.connectError }
        #expect(refused.events.generation == nil)
        await refused.connection.stop()
        await node.end()
    }
}
