import Foundation
import FuzzInputs
import JobMessages
import KeyModel
import SwiftProtobuf
import Testing

/// The fuzzer's seeds that are made from our sample messages: `make fuzz-seeds` writes them anew.
/// Each is `kind | option | …`, as `JobMessageChecks` in Tests/Fuzzing takes it apart.
struct FuzzSeedTests {
    private enum Kind: UInt8 {
        case forged, job, reply, ticket, fleet, certificate, extensions, outside
    }

    /// An admin front, the class of operators' jobs.
    private static let fromAdmin: UInt8 = 1 | 1 << 1

    private func seed(_ kind: Kind, option: UInt8 = 0, _ bytes: [UInt8]) throws -> [UInt8] {
        let compact = try #require(CompactFields.compact(bytes))
        try #require(CompactFields.expand(compact) == bytes)
        return [kind.rawValue | 0x80, option] + compact
    }

    private func bytes(_ content: Job.Content) -> [UInt8] {
        Job(requestID: "0123456789abcdef", clientAddress: "192.0.2.1", content: content).serialized()
    }

    @Test func jobs() throws {
        var seeds: [String: [UInt8]] = [:]
        let client = try Samples.fingerprint(1)
        for (number, operation) in Samples.operations.enumerated() {
            let job = KMIPJob(client: client, continuesAfterFailure: true, operations: [operation])
            seeds["\(number)"] = try seed(.job, bytes(.kmip(job)))
        }
        let batch = KMIPJob(client: client, continuesAfterFailure: true, operations: Samples.operations)
        seeds["batch"] = try seed(.job, bytes(.kmip(batch)))
        seeds["identify"] = try seed(.job, bytes(.identifyClient(client)))
        seeds["identify-certificate"] = try seed(.job, bytes(.identifyClient(client, der: [0x30, 0x00])))
        for (number, request) in try Samples.requests().enumerated() {
            let job = Job.Content.operator(OperatorJob(requester: client, request: request))
            seeds["operator-\(number)"] = try seed(.job, option: Self.fromAdmin, bytes(job))
        }
        #expect(try SeedFolder("jobs").outdated("job", seeds) == [])
    }

    @Test func replies() throws {
        var seeds: [String: [UInt8]] = [:]
        for (number, result) in Samples.results.enumerated() {
            let reply = JobReply.kmip([.success(result)]).serialized()
            seeds["\(number)"] = try seed(.reply, option: UInt8(number % 5) << 1, reply)
        }
        for (number, answer) in try Samples.answers().enumerated() {
            seeds["operator-\(number)"] = try seed(.reply, option: 1, JobReply.operator(answer).serialized())
        }
        let failure = OperationFailure(.missingAttribute, attribute: .name)
        seeds["failure"] = try seed(.reply, JobReply.failure(failure).serialized())
        let client = ClientDescription(instanceName: "kmip-01", isInService: true, certificateNotAfter: Samples.time)
        seeds["client"] = try seed(.reply, JobReply.client(client).serialized())
        #expect(try SeedFolder("jobs").outdated("reply", seeds) == [])
    }

    @Test func envelopes() throws {
        let hash = Data(repeating: 7, count: 32)
        let ticket = WireTicketContent.with {
            $0.context = "keyferry ticket v1"
            $0.version = 1
            $0.partition = "p1"
            $0.certificate = Data([0x30, 0x00])
            $0.notBefore = 1_799_999_700_000
            $0.notAfter = 1_800_006_900_000
            $0.ticketKey = hash
            $0.transportKey = hash
            $0.secret = hash
        }
        let job = WireSealedJob.with {
            $0.version = 1
            $0.ticket = Data(WireTicket.with { $0.content = Data(ticket.encoded()) }.encoded())
            $0.partition = "p1"
            $0.jobClass = .interactive
            $0.messageID = Data(repeating: 0x33, count: 16)
            $0.deadline = 1_800_000_000_000
            $0.salt = hash
            $0.ciphertext = hash
        }
        let reply = WireSealedReply.with {
            $0.version = 1
            $0.messageID = Data(repeating: 0x33, count: 16)
            $0.ticketHash = hash
            $0.salt = hash
            $0.ciphertext = hash
            $0.refusal = .ticketRefused
        }
        let deadline = WireSealedJob.with { $0.deadline = 5 }
        let seeds = [
            "ticket": try seed(.ticket, ticket.encoded()),
            "ticket-as-it-is": try seed(.ticket, option: 31, ticket.encoded()),
            "ticket-of-an-admin": try seed(.ticket, option: 1, ticket.encoded()),
            "job": try seed(.forged, job.encoded()), "reply": try seed(.forged, reply.encoded()),
            "outside": try seed(.outside, deadline.encoded()),
        ]
        #expect(try SeedFolder("jobs").outdated("envelope", seeds) == [])
    }

    @Test func fleet() throws {
        func message(_ fill: (inout WireFleetContent) -> Void) -> [UInt8] {
            WireFleetContent.with {
                $0.context = "keyferry fleet v1"
                $0.bootID = Data(repeating: 1, count: 16)
                $0.sequence = 7
                $0.time = 1_800_000_000_000
                $0.partition = "p1"
                $0.name = "worker-1"
                fill(&$0)
            }.encoded()
        }
        let heartbeat = message {
            $0.worker = .with {
                $0.health = 1
                $0.authorityGeneration = 3
                $0.ticketKeyCertificate = Data([0x30, 0x00])
                $0.hsmSessions = 1
                $0.jobsDone = 900
                $0.newestVersion = 1
            }
        }
        let front = message {
            $0.front = .with {
                $0.role = "gateway"
                $0.openConnections = 64
                $0.jobsInFlight = 2
                $0.endpoint = "keys.example.com:5696"
                $0.serverCertificate = Data([0x30, 0x00])
            }
        }
        let change = message { $0.change = .with { $0.certificate = Data(repeating: 3, count: 32) } }
        let instance = message { $0.change = .with { $0.instance = "i" } }
        let seeds = [
            "heartbeat": try seed(.fleet, heartbeat), "front": try seed(.fleet, option: 1, front),
            "change": try seed(.fleet, change), "instance": try seed(.fleet, instance),
        ]
        #expect(try SeedFolder("jobs").outdated("fleet", seeds) == [])
    }

    /// Role and partitions as DER: UTF8String, and SEQUENCE OF UTF8String.
    @Test func extensions() throws {
        let role: [UInt8] = [0x0C, 0x06] + Array("worker".utf8)
        let partitions: [UInt8] = [0x30, 0x08, 0x0C, 0x02] + Array("p1".utf8) + [0x0C, 0x02] + Array("p2".utf8)
        let value = [UInt8(role.count)] + role + partitions
        let seeds = (0..<UInt8(16)).map { ("\($0)", [Kind.extensions.rawValue, $0] + value) }
        let outdated = try SeedFolder("jobs").outdated("extensions", Dictionary(uniqueKeysWithValues: seeds))
        #expect(outdated == [])
    }
}
