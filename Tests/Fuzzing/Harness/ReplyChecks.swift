import Cryptography
import JobMessages
import JobSealing
import KMIP
import KeyModel
import PipelineFixtures

@testable import Gateway

/// A reply of a worker that may send any, as a gateway reads it and tells its client.
struct ReplyChecks {
    let fixture: JobFixture
    let option: UInt8

    func check(_ plaintext: [UInt8]) throws {
        let front = option & 1 == 0 ? fixture.gateway : fixture.admin
        let sent = try fixture.sealedJob(from: front, of: [1], deadline: JobFixture.now, .interactive)
        guard let reply = try? sent.openReply(try fixture.sealedReply(to: sent, of: plaintext)) else { return }
        try require(try JobReply(serialized: reply.serialized()) == reply, "a reply that is sent on is another")
        switch reply {
        case .kmip(let outcomes): try tell(outcomes)
        case .failure(let failure):
            try require(!ItemFailure(failure, of: .get).message.isEmpty, "a failure without words")
        case .client, .operator: break
        }
    }

    /// In one of the versions: what goes out is sound TTLV, whatever the worker says. (An attribute of another type than its
    /// name calls for, which no worker of ours stores, is for the client to refuse.)
    private func tell(_ outcomes: [OperationOutcome]) throws {
        guard !outcomes.isEmpty, outcomes.count <= 1_000 else { return }
        let versions = ProtocolVersion.supported
        let version = versions[Int(option >> 1) % versions.count]
        let mapping = ResultMapping(version: version, transport: MaterialTransport(ticket: fixture.gateway.ticket))
        let items = outcomes.map { outcome in
            do {
                let result = try outcome.mapError { ItemFailure($0, of: .get) }.get()
                return ResponseItem.success(try mapping.payload(result), identifier: [1])
            } catch {
                return ResponseItem.failure(
                    operation: .get,
                    identifier: [1],
                    reason: .generalFailure,
                    message: "\(error)"
                )
            }
        }
        let response = ResponseMessage(header: ResponseHeader(version: version, timeStamp: 0), items: items)
        let box = try ResponseEncoding.encode(response, maximumSize: nil)
        let fields = box.bytes.withUnsafeBytes { TTLVChecks.read(Array($0)) }
        try require(fields?.count == items.count + 1, "not a header and an item for each outcome")
    }
}
