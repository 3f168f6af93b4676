import AdminClient
import AdminResources
import AdminTestFront
import Cryptography
import JobDispatch
import NIOCore
import NIOPosix
import Testing

@Suite("The client and its TLS")
struct ClientTests {
    @Test("Typed results")
    func results() async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(\.fleet, Samples.fleet())
            let client = try AdminRESTClient(admin.configuration(as: admin.manager))
            #expect(try await client.instances().map(\.name) == ["kmip-ab", "kmip-cd"])
            let certificate = try TestAuthority("anyone").client("vcenter").certificate
            let new = NewCertificate(name: "vcenter-1", pem: certificate.pem)
            let added = try await client.addCertificate(new, to: "kmip-ab")
            #expect(added.fingerprint == certificate.fingerprintText)
            #expect(try await client.certificates(of: "kmip-ab") == [added])
            #expect(try await client.status().condition == .serving)
            let removed = try await client.removeCertificate("vcenter-1", from: "kmip-ab")
            #expect(removed == RemovedCertificate(name: "vcenter-1", fingerprint: certificate.fingerprintText))
        }
    }

    @Test("A problem is an error with its code")
    func problem() async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(\.failure, DispatchError(.noHealthyWorker))
            let client = try AdminRESTClient(admin.configuration(as: admin.manager))
            do throws(AdminClientError) {
                _ = try await client.instances()
                Issue.record("No error")
            } catch {
                guard case .problem(let problem) = error.code else {
                    Issue.record("\(error)")
                    return
                }
                #expect(problem.knownCode == .noHealthyWorker)
                #expect(problem.status == 503)
            }
        }
    }

    private func error(_ configuration: AdminClientConfiguration) async throws -> AdminClientError.Code? {
        do throws(AdminClientError) {
            _ = try await AdminRESTClient(configuration).instances()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("An operator of another authority, or whose certificate has expired, does not get in")
    func refusedOperators() async throws {
        try await AdminFixture.run { admin in
            let stranger = try TestAuthority("operators").client("manager")
            #expect(try await error(admin.configuration(as: stranger)) == .operatorCertificateRefused)
            let now = TestAuthority.now
            let expired = try admin.operators.client(
                "manager",
                validity: CertificateValidity(notBefore: now - 7_200, notAfter: now - 3_600)
            )
            #expect(try await error(admin.configuration(as: expired)) == .operatorCertificateRefused)
            #expect(admin.jobs.received.isEmpty)
            #expect(admin.log.all.filter { $0.hasPrefix("info connection refused") }.count == 2)
        }
    }

    @Test("A server of another authority, or of another name, is not trusted")
    func refusedServers() async throws {
        try await AdminFixture.run { admin in
            var configuration = admin.configuration(as: admin.manager)
            configuration.authority = try TestAuthority("services").authority.certificate
            #expect(try await error(configuration) == .serverNotTrusted)
            configuration = admin.configuration(as: admin.manager)
            configuration.endpoint = AdminEndpoint(host: "localhost", port: admin.port)
            #expect(try await error(configuration) == .serverNotTrusted)
        }
    }

    @Test("Certificate and key that do not belong together")
    func mixedIdentity() async throws {
        try await AdminFixture.run { admin in
            var configuration = admin.configuration(as: admin.manager)
            configuration.privateKey = admin.viewer.privateKey
            let code = try await error(configuration)
            #expect(code == .identityUnusable)
        }
    }

    @Test("Nobody listens; somebody does, and says nothing")
    func silence() async throws {
        let services = try TestAuthority("services")
        let identity = try TestAuthority("operators").client("manager")
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        var configuration = AdminClientConfiguration(
            endpoint: AdminEndpoint(host: "127.0.0.1", port: try #require(listener.localAddress?.port)),
            authority: services.authority.certificate,
            certificate: identity.certificate,
            privateKey: identity.privateKey
        )
        configuration.requestSeconds = 1
        #expect(try await error(configuration) == .timedOut)
        try await listener.close()
        #expect(try await error(configuration) == .cannotConnect)
    }

    @Test(
        "URLs",
        arguments: [
            ("https://keys.example.com:9443", "https://keys.example.com:9443"),
            ("https://keys.example.com/", "https://keys.example.com:443"),
            ("https://[::1]:9443", "https://[::1]:9443"), ("http://keys.example.com", nil),
            ("keys.example.com:9443", nil), ("https://keys.example.com/v1", nil), ("https://a@b", nil), ("", nil),
        ]
    )
    func urls(text: String, expected: String?) throws {
        #expect((try? AdminEndpoint(url: text))?.description == expected)
    }
}
