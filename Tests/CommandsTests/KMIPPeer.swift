import AdminTestFront
import Cryptography
import Foundation
import KMIP
import KMIPFraming
import KMIPServer
import Logging
import NIOPosix
import Synchronization
import TLSTransport
import TTLV

/// A KMIP server that answers every request as a test says, and keeps what was asked.
final class KMIPPeer: KMIPRequestHandler {
    private let answer: ResponseItem
    private let requests = Mutex<[RequestPayload]>([])

    init(answering answer: ResponseItem) {
        self.answer = answer
    }

    var received: [RequestPayload] { requests.withLock { $0 } }

    func admit(_ peer: ConnectionPeer) async -> KMIPAdmission { .serve(instance: "test") }

    func respond(to request: SecretBox, from peer: ConnectionPeer) async -> KMIPAnswer {
        do {
            let message = try request.bytes.withUnsafeBytes { bytes throws(RequestFailure) in
                try ReceivedRequest(decoding: bytes.bytes) { try SecretBox(SecretBytes(copying: $0)) }
            }
            let payloads = message.items.compactMap { try? $0.payload.get() }
            requests.withLock { $0 += payloads }
            let response = ResponseMessage(
                header: ResponseHeader(version: message.header.version, timeStamp: 1),
                items: [answer]
            )
            var bytes = try SecretBytes(count: response.encodedSize)
            bytes.withUnsafeMutableBytes { response.encode(into: $0) }
            return .send(SecretBox(bytes))
        } catch {
            return .close(KMIPCloseReason(.secureMemoryExhausted, "test"))
        }
    }

    /// Runs it on loopback, with a client's files in a folder.
    ///
    /// - Parameter body: is given the options that name server and client, and the folder.
    func run(_ body: ([String], URL) async throws -> Void) async throws {
        let services = try TestAuthority("servers")
        let server = try services.server(for: .address("127.0.0.1"))
        let client = try TestAuthority("clients").client("client")
        let folder = FileManager.default.temporaryDirectory.appending(path: "kmip-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(client.certificate.pem.utf8).write(to: folder.appending(path: "client.pem"))
        try client.privateKey.write(toPEMFile: folder.appending(path: "client.key").path)

        let context = try TLSContext(
            server: TLSServerConfiguration(
                identity: TLSIdentity(certificate: server.certificate, privateKey: server.privateKey),
                clientCertificates: .requested,
                ciphers: .kmip
            )
        )
        let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
        let listener = KMIPListener(
            configuration: KMIPServerConfiguration(host: "127.0.0.1", port: 0),
            tls: CurrentTLSContext(context),
            handler: self,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onListening: { portFound.yield($0) }
        )
        let running = Task { try await listener.run() }
        defer { running.cancel() }
        for await port in ports {
            try await body(
                [
                    "--server", "127.0.0.1:\(port)", "--server-fingerprint", server.certificate.fingerprintText,
                    "--certificate", folder.appending(path: "client.pem").path,
                    "--key", folder.appending(path: "client.key").path,
                ],
                folder
            )
            break
        }
    }
}
