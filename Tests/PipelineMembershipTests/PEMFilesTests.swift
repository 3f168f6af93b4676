import Cryptography
import Foundation
import PipelineMembership
import ServiceBootstrap
import TLSTestPeers
import TLSTransport
import Testing

/// The certificate files of the configuration.
struct PEMFilesTests {
    private let folder: TemporaryFolder
    private let server: TLSIdentity
    private let authority: Certificate

    init() throws {
        folder = try TemporaryFolder()
        server = try TestIdentities.server()
        authority = try TestIdentities.servers().certificate
    }

    private func file(_ content: String) throws -> String {
        let path = folder.path("certificates.pem")
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// What the one line says that the process ends with.
    private func failure(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch let failure as ServiceFailure {
            return failure.exitCode == .configuration ? failure.description : nil
        } catch {
            return nil
        }
    }

    /// As a CA sends it: the server's own, then what links it to its root.
    @Test func aChainKeepsItsOrder() throws {
        let path = try file(server.certificate.pem + "\n\n" + authority.pem + "\n")
        #expect(try PEMFiles.certificates(path).map(\.der) == [server.certificate.der, authority.der])
    }

    @Test func oneIsOne() throws {
        #expect(try PEMFiles.certificate(try file(server.certificate.pem)).der == server.certificate.der)
        let two = try file(server.certificate.pem + authority.pem)
        #expect(failure { _ = try PEMFiles.certificate(two) } == "\(two) holds 2 certificates; it must be one")
    }

    @Test(arguments: ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate"])
    func whatIsNoCertificateIsRefusedByItsFile(content: String) throws {
        let path = try file(content)
        let said = failure { _ = try PEMFiles.certificates(path) }
        #expect(said?.hasPrefix(path + " is n") == true)
    }

    @Test func textBehindTheLastIsRefused() throws {
        let path = try file(server.certificate.pem + "and more")
        #expect(failure { _ = try PEMFiles.certificates(path) } != nil)
    }

    @Test func aFileThatIsNotThere() {
        let path = folder.path("missing.pem")
        #expect(failure { _ = try PEMFiles.certificates(path) } == "\(path) does not exist or cannot be read")
    }

    @Test func moreThanAChainIsNotRead() throws {
        let path = try file(String(repeating: server.certificate.pem, count: 400))
        #expect(failure { _ = try PEMFiles.certificates(path) }?.contains("too large") == true)
    }

    /// A key that others may read is no secret any more.
    @Test func aKeyThatOthersCanReadIsRefused() throws {
        let path = folder.path("server.key")
        try server.privateKey.write(toPEMFile: path)
        #expect(throws: Never.self) { try PEMFiles.privateKey(path) }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(failure { _ = try PEMFiles.privateKey(path) }?.hasPrefix(path + " is not a private key") == true)
    }
}
