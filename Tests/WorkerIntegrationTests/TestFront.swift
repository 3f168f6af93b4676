import Cryptography
import JobSealing
import KeyModel
import PipelineFixtures
import Testing

@testable import Worker

/// A gateway or an admin front, as far as jobs go: it seals them and opens the replies.
final class TestFront {
    let credential: ServiceCredential
    private let ticketKey: [UInt8]
    private(set) var ticket: IssuedTicket

    init(_ role: ServiceRole, services: ServicesAuthority, ticketKey: [UInt8]) throws {
        self.credential = try services.credential(role)
        self.ticketKey = ticketKey
        ticket = try credential.makeTicket(
            ticketKey: ticketKey,
            carriesTransportKey: role == .gateway,
            now: ServicesAuthority.now
        )
    }

    func renewTicket(now: Int64) throws {
        ticket = try credential.makeTicket(ticketKey: ticketKey, carriesTransportKey: true, now: now)
    }

    /// What stands on the outside of a job, where a test has something of its own to say.
    struct Envelope {
        var jobClass = JobClass.interactive
        var messageID: [UInt8]
        var deadline: Int64
        var clientAddress = "192.0.2.7"

        init(now: Int64 = ServicesAuthority.now) throws {
            messageID = try RandomBytes.generate(count: 16)
            deadline = now + 30_000
        }
    }

    func seal(_ content: Job.Content, _ envelope: Envelope, request: String = "request") throws -> SealedJobInFlight {
        let header = MessageHeader(
            partition: credential.trust.partition,
            jobClass: envelope.jobClass,
            messageID: envelope.messageID,
            deadline: envelope.deadline
        )
        let job = Job(requestID: request, clientAddress: envelope.clientAddress, content: content)
        return try ticket.seal(job, header: header)
    }

    /// A key on its way to the worker.
    func wrap(_ material: [UInt8]) throws -> TransportedKeyMaterial {
        let transportKey = try #require(ticket.transportKey)
        let secret = try SecretBytes.made(of: material)
        let blob = try AESKeyWrapPadded.wrap(secret, under: transportKey.bytes)
        return TransportedKeyMaterial(blob: blob, trueLength: material.count)
    }

    /// A key that has come from the worker.
    func unwrap(_ key: RetrievedKey) throws -> [UInt8] {
        let transportKey = try #require(ticket.transportKey)
        let secret = try AESKeyWrapPadded.unwrap(key.material.blob, under: transportKey.bytes)
        #expect(secret.count == key.material.trueLength)
        #expect(SHA256.hash(secret) == key.digest)
        return secret.withUnsafeBytes { Array($0) }
    }
}
