import AdminTestFront
import Cryptography
import Foundation

/// A folder with `operator.yaml`, as setup makes it.
struct OperatorHome: Sendable {
    let folder: URL
    var path: String { folder.path }

    init(_ admin: AdminFixture, as identity: TestAuthority.Identity) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "home-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try write("server-ca.pem", admin.services.authority.certificate.pem)
        try write("operator.pem", identity.certificate.pem)
        try identity.privateKey.write(toPEMFile: file("operator.key"))
        try write(
            "operator.yaml",
            """
            server: 127.0.0.1:\(admin.port)
            serverAuthorityFile: server-ca.pem
            certificateFile: operator.pem
            keyFile: operator.key
            timeoutSeconds: 10
            """
        )
    }

    /// Runs `body` with an admin front, and the settings of an operator who has that role.
    static func run(
        as identity: any KeyPath<AdminFixture, TestAuthority.Identity> & Sendable = \.manager,
        _ body: @escaping @Sendable (OperatorHome, AdminFixture) async throws -> Void
    ) async throws {
        try await AdminFixture.run { admin in
            let home = try OperatorHome(admin, as: admin[keyPath: identity])
            defer { home.remove() }
            try await body(home, admin)
        }
    }

    func file(_ name: String) -> String { folder.appending(path: name).path }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }
}
