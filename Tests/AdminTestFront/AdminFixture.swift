package import AdminAPI
package import AdminClient
import Cryptography
import Foundation
package import KeyModel
import NIOCore
package import NIOHTTP1
import Testing

/// An admin front on loopback, with its CAs, operators and a register that answers its jobs.
package struct AdminFixture: Sendable {
    package let jobs: RegisterOfJobs
    package let log: LogLines
    package let port: Int
    package let services: TestAuthority
    package let operators: TestAuthority
    /// Has the role "KMIP manager".
    package let manager: TestAuthority.Identity
    /// Has the role "viewer".
    package let viewer: TestAuthority.Identity
    /// Has the role "key owner".
    package let keyOwner: TestAuthority.Identity
    /// Has the role "auditor".
    package let auditor: TestAuthority.Identity
    /// Has a certificate, and no role.
    package let nobody: TestAuthority.Identity
    package let contract: OpenAPIContract

    package static func run(
        limits: AdminConfiguration.Limits = .init(),
        _ body: @Sendable (AdminFixture) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "admin-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }

        let services = try TestAuthority("services")
        let operators = try TestAuthority("operators")
        let server = try services.server(for: .address("127.0.0.1"))
        func file(_ name: String) -> String { folder.appending(path: name).path }
        try Data(server.certificate.pem.utf8).write(to: folder.appending(path: "server.pem"))
        try server.privateKey.write(toPEMFile: file("server.key"))
        try Data(operators.authority.certificate.pem.utf8).write(to: folder.appending(path: "operators.pem"))

        let jobs = RegisterOfJobs()
        let log = LogLines()
        let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
        let front = try AdminServer(
            configuration: AdminConfiguration(
                host: "127.0.0.1",
                port: 0,
                certificateFile: file("server.pem"),
                keyFile: file("server.key"),
                operatorsAuthorityFile: file("operators.pem"),
                limits: limits
            ),
            jobs: jobs,
            logger: log.logger,
            onListening: { portFound.yield($0) }
        )
        let contract = try OpenAPIContract()
        let witness: @Sendable (HTTPSRequest, HTTPSResponse) -> Void = { contract.hold($0, answeredBy: $1) }
        try await AdminRESTClient.$witness.withValue(witness) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    defer { portFound.finish() }
                    try await front.run()
                }
                let port = try #require(await ports.first { _ in true })
                let fixture = AdminFixture(
                    jobs: jobs,
                    log: log,
                    port: port,
                    services: services,
                    operators: operators,
                    manager: try operators.client("manager"),
                    viewer: try operators.client("viewer"),
                    keyOwner: try operators.client("key-owner"),
                    auditor: try operators.client("auditor"),
                    nobody: try operators.client("nobody"),
                    contract: contract
                )
                jobs.set(
                    \.roles,
                    [
                        try fixture.manager.fingerprint: [.kmipManager],
                        try fixture.viewer.fingerprint: [.viewer],
                        try fixture.keyOwner.fingerprint: [.keyOwner],
                        try fixture.auditor.fingerprint: [.auditor],
                    ]
                )
                try await body(fixture)
                group.cancelAll()
                while let result = await group.nextResult() {
                    if case .failure(let error) = result, !(error is CancellationError) { throw error }
                }
            }
        }
    }

    package func configuration(as identity: TestAuthority.Identity) -> AdminClientConfiguration {
        AdminClientConfiguration(
            endpoint: AdminEndpoint(host: "127.0.0.1", port: port),
            authority: services.authority.certificate,
            certificate: identity.certificate,
            privateKey: identity.privateKey,
            requestSeconds: 10
        )
    }

    /// Sends a request, and holds the answer to the contract.
    package func send(
        _ method: HTTPMethod,
        _ target: String,
        json: String? = nil,
        headers: HTTPHeaders? = nil,
        as identity: TestAuthority.Identity? = nil
    ) async throws -> Answer {
        var request = HTTPSRequest(method, target, headers: headers ?? [:])
        if let json {
            request.body = ByteBuffer(string: json)
            if headers == nil {
                request.headers.add(name: "Content-Type", value: "application/json")
            }
        }
        let response = try await HTTPSClient(configuration(as: identity ?? manager)).send(request)
        #expect(contract.violations(of: response, to: request) == [], "\(method.rawValue) \(target)")
        return Answer(response)
    }

    package struct Answer {
        package let status: Int
        package let headers: HTTPHeaders
        package let text: String
        package let json: [String: Any]

        package init(_ response: HTTPSResponse) {
            status = Int(response.status.code)
            headers = response.headers
            text = String(buffer: response.body)
            json = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
        }

        package var code: String? { json["code"] as? String }
        package var detail: String? { json["detail"] as? String }
        package var items: [[String: Any]] { json["items"] as? [[String: Any]] ?? [] }
    }
}

extension OpenAPIContract {
    /// What our own client sends is as described, unless the front says that it is not: users may ask for anything. What it
    /// can send again has a key that makes that safe. And what it gets is as described.
    func hold(_ request: HTTPSRequest, answeredBy response: HTTPSResponse) {
        let called = "\(request.method.rawValue) \(request.target)"
        #expect(violations(of: response, to: request) == [], "\(called)")
        let path = String(request.target.prefix { $0 != "?" })
        let operation = Operation(method: request.method.rawValue, path: path)
        if parameterNames(of: operation).contains("IdempotencyKey") {
            #expect(request.headers["Idempotency-Key"].count == 1, "\(called)")
        }
        guard ![400, 404, 422].contains(response.status.code) else { return }
        #expect(violations(of: request) == [], "\(called)")
    }

    fileprivate func violations(of response: HTTPSResponse, to request: HTTPSRequest) -> [String] {
        let path = String(request.target.prefix { $0 != "?" })
        return violations(method: request.method.rawValue, path: path, response: response)
    }
}

extension TestAuthority.Identity {
    package var fingerprint: CertificateFingerprint {
        get throws { try #require(CertificateFingerprint(certificate.fingerprintSHA256)) }
    }
}
