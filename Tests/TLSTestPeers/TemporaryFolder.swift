internal import Cryptography
package import Foundation
package import TLSTransport

/// A folder of one test, removed when the last reference goes.
package final class TemporaryFolder {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("keyferry-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    package func path(_ name: String) -> String {
        url.appendingPathComponent(name).path
    }

    /// Writes certificate and key as PEM files.
    ///
    /// - Returns: `-cert` and `-key` with their paths, as the openssl command takes them.
    package func openSSLArguments(for identity: TLSIdentity, named name: String) throws -> [String] {
        let certificate = path("\(name).pem")
        let key = path("\(name)-key.pem")
        try Data(identity.certificate.pem.utf8).write(to: URL(fileURLWithPath: certificate))
        try identity.privateKey.write(toPEMFile: key, replacing: true)
        return ["-cert", certificate, "-key", key]
    }
}
