import Cryptography
import Foundation
import JobMessages
import JobSealing
import JobTransport
import KMIP
import KMIPClient
import KeyModel
import PipelineSite
import Synchronization
import TLSTransport
import Testing

extension EndToEnd {
    /// Who can write to the broker, or sits in it, gets nothing by it: each forgery has one line in a worker's or gateway's
    /// log, a defined answer, and leaves nothing behind.
    @Suite struct ForgedJobs {
        /// A job that a front's identity has sealed, altered afterwards so that it can't be opened.
        struct Forgery: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let reason: SealingError.Code
            let change: @Sendable (inout WireSealedJob, RogueFront) throws -> Void

            init(
                _ description: String,
                _ reason: SealingError.Code,
                _ change: @escaping @Sendable (inout WireSealedJob, RogueFront) throws -> Void
            ) {
                testDescription = description
                self.reason = reason
                self.change = change
            }
        }

        static let forgeries: [Forgery] = [
            Forgery("a bit of the sealed text", .sealBroken) { job, _ in job.ciphertext[0] ^= 1 },
            Forgery("a later deadline", .sealBroken) { job, _ in job.deadline += 1 },
            Forgery("schema version 2", .versionUnknown) { job, _ in job.version = 2 },
            Forgery("another partition", .wrongPartition) { job, _ in job.partition = "other" },
            Forgery("no ticket", .malformed) { job, _ in job.ticket = Data() },
            Forgery("an unsigned ticket", .signatureInvalid) { job, _ in
                try alter(&job) { ticket, _ in ticket.signature = Data(repeating: 0, count: ticket.signature.count) }
            },
            Forgery("a ticket whose dates were altered", .signatureInvalid) { job, _ in
                try alter(&job) { ticket, content in
                    content.notAfter -= 1
                    ticket.content = Data(content.encoded())
                }
            },
            Forgery("a ticket that is over", .ticketNotInForce) { job, front in
                try alter(&job) { ticket, content in
                    content.notBefore -= 4 * 3_600_000
                    content.notAfter -= 4 * 3_600_000
                    ticket.content = Data(content.encoded())
                    ticket.signature = Data(try front.credential.key.sign([UInt8](ticket.content)))
                }
            },
            Forgery("a ticket of somebody else's gateway", .identityNotTrusted) { job, _ in
                try alter(&job) { ticket, content in
                    let key = try PrivateKey.generate(.p256)
                    content.certificate = Data(try foreignGateway(key).der)
                    ticket.content = Data(content.encoded())
                    ticket.signature = Data(try key.sign([UInt8](ticket.content)))
                }
            },
        ]

        private static func alter(
            _ job: inout WireSealedJob,
            _ change: (inout WireTicket, inout WireTicketContent) throws -> Void
        ) throws {
            var ticket = try WireTicket.decoded([UInt8](job.ticket))
            var content = try WireTicketContent.decoded([UInt8](ticket.content))
            try change(&ticket, &content)
            job.ticket = Data(ticket.encoded())
        }

        /// The certificate of a gateway of the same partition name, by another services CA.
        private static func foreignGateway(_ key: PrivateKey) throws -> Certificate {
            let validity = CertificateValidity.days(30, from: RogueFront.now / 1_000 - 60)
            let authority = try CertificateAuthority.create(
                commonName: "Keyferry services",
                validity: validity,
                key: try .generate(.p256)
            )
            var template = CertificateTemplate(commonName: "gateway", validity: validity)
            template.extensions = try ServiceCertificateExtension(role: "gateway", partitions: ["main"]).extensions()
            return try authority.issue(template, to: key.publicKey)
        }

        private static func create(_ site: PipelineSite) throws -> Job.Content {
            .kmip(
                KMIPJob(
                    client: try fingerprint(site),
                    continuesAfterFailure: false,
                    operations: [
                        .create(
                            CreateOperation(
                                objectType: .symmetricKey,
                                attributes: [
                                    Attribute(name: .cryptographicAlgorithm, value: .enumeration(3)),
                                    Attribute(name: .cryptographicLength, value: .integer(256)),
                                    Attribute(name: .cryptographicUsageMask, value: .integer(12)),
                                ]
                            )
                        )
                    ]
                )
            )
        }

        private static func fingerprint(_ site: PipelineSite) throws -> CertificateFingerprint {
            try #require(CertificateFingerprint(site.firstClient().identity.certificate.fingerprintSHA256))
        }

        private static func job(_ content: Job.Content, _ id: MessageID) -> Job {
            Job(requestID: "\(id)", clientAddress: "192.0.2.66", content: content)
        }

        /// The workers' lines about a message.
        private static func lines(_ site: PipelineSite, about id: MessageID) -> [Substring] {
            site.members.filter { $0.kind == "worker" }
                .flatMap { site.log(of: $0).split(separator: "\n") }
                .filter { $0.contains("request=\(id)") && !$0.contains(" debug ") }
        }

        @Test(arguments: forgeries) func aForgedJobIsRefusedUnopened(_ forgery: Forgery) async throws {
            let site = try await StandingSite.site()
            let before = try await SiteLoad(site: site, client: try site.firstClient()).keyCount()
            try await RogueFront.with(.gateway, of: site) { front in
                let id = MessageID.random()
                let sealed = try front.ticket().seal(
                    Self.job(try Self.create(site), id),
                    header: front.header(id: id)
                )
                var forged = try WireSealedJob.decoded(sealed.bytes)
                try forgery.change(&forged, front)
                let answer = try await front.send(forged.encoded(), id: id)
                // In clear, for there is nothing to seal it with, and without a word of what was in it.
                let reply = try WireSealedReply.decoded(answer)
                #expect(reply.refusal != .unspecified)
                #expect(reply.ciphertext.isEmpty)
                try await site.wait("a line") { !Self.lines(site, about: id).isEmpty }
                let lines = Self.lines(site, about: id)
                #expect(lines.count == 1, "\(lines)")
                #expect(lines.first?.contains("a job is refused unopened") == true, "\(lines)")
                #expect(lines.first?.contains("reason=\(forgery.reason.rawValue)") == true, "\(lines)")
            }
            #expect(try await SiteLoad(site: site, client: try site.firstClient()).keyCount() == before)
        }

        /// The seal is sound: what its sender may not do is refused by role.
        @Test func aRoleSendsOnlyWhatIsItsOwn() async throws {
            let site = try await StandingSite.site()
            let create = try Self.create(site)
            let listing = Job.Content.operator(
                OperatorJob(requester: try Self.fingerprint(site), request: .instance(.list), expectedTag: nil)
            )
            let cases: [(role: ServiceRole, content: Job.Content, sealed: JobSealing.JobClass)] = [
                (.admin, create, .interactive), (.gateway, listing, .operator), (.gateway, create, .bulk),
            ]
            for (role, content, jobClass) in cases {
                try await RogueFront.with(role, of: site) { front in
                    let id = MessageID.random()
                    let ticket = try front.credential.makeTicket(
                        ticketKey: front.ticketKey,
                        carriesTransportKey: role == .gateway,
                        now: RogueFront.now
                    )
                    let sealed = try ticket.seal(Self.job(content, id), header: front.header(jobClass, id: id))
                    let reply = try await front.exchange(sealed, id: id)
                    #expect(reply == .failure(OperationFailure(.senderNotAuthorized)))
                    try await site.wait("a line") { !Self.lines(site, about: id).isEmpty }
                    let lines = Self.lines(site, about: id)
                    #expect(lines.count == 1 && lines[0].contains("reason=senderNotAuthorized"), "\(lines)")
                }
            }
        }

        @Test func aReplayedJobIsDoneOnce() async throws {
            let site = try await StandingSite.site()
            let load = SiteLoad(site: site, client: try site.firstClient())
            let before = try await load.keyCount()
            try await RogueFront.with(.gateway, of: site) { front in
                let id = MessageID.random()
                let ticket = try front.ticket()
                let sealed = try ticket.seal(Self.job(try Self.create(site), id), header: front.header(id: id))
                let first = try await front.exchange(sealed, id: id)
                guard case .kmip(let outcomes) = first, case .success = outcomes.first else {
                    Issue.record("not created: \(first)")
                    return
                }
                // The very bytes again, as the broker could deliver them: the answer of then, and no second key.
                for _ in 0..<5 { #expect(try await front.exchange(sealed, id: id) == first) }
                // Another job under the identifier of the first.
                let other = Self.job(
                    .kmip(
                        KMIPJob(
                            client: try Self.fingerprint(site),
                            continuesAfterFailure: true,
                            operations: [try Self.creation(site)]
                        )
                    ),
                    id
                )
                let reply = try await front.exchange(
                    try ticket.seal(other, header: front.header(id: id)),
                    id: id
                )
                #expect(reply == .failure(OperationFailure(.messageReused)))
                try await site.wait("all lines") { Self.lines(site, about: id).count >= 7 }
                let lines = Self.lines(site, about: id)
                #expect(lines.count == 7, "\(lines)")
                #expect(lines.count { $0.contains("repeated=true") && $0.contains("outcome=success") } == 5, "\(lines)")
                #expect(lines.count { $0.contains("messageReused") } == 1, "\(lines)")
            }
            #expect(try await load.keyCount() == before + 1)
        }

        private static func creation(_ site: PipelineSite) throws -> KeyModel.Operation {
            guard case .kmip(let job) = try create(site), let operation = job.operations.first else {
                throw PipelineSiteError("no Create")
            }
            return operation
        }

        /// What is altered in a true reply to one request, so that it may pass for the reply to another.
        enum Disguise: Sendable, CaseIterable {
            case none, messageID, messageIDAndTicket

            var reason: SealingError.Code { self == .messageIDAndTicket ? .sealBroken : .wrongJob }

            func disguise(_ recorded: [UInt8], asReplyTo body: [UInt8]) throws -> [UInt8] {
                let job = try WireSealedJob.decoded(body)
                var reply = try WireSealedReply.decoded(recorded)
                if self != .none { reply.messageID = job.messageID }
                if self == .messageIDAndTicket { reply.ticketHash = Data(SHA256.hash([UInt8](job.ticket))) }
                return reply.encoded()
            }
        }

        /// Whoever runs the broker answers a Get with a true reply to another one.
        @Test(arguments: Disguise.allCases)
        func aReplyToAnotherRequestIsNotBelieved(_ disguise: Disguise) async throws {
            try await withSite { site in
                let client = try site.firstClient()
                let connection = try await site.connect(as: client)
                let conversation = KMIPConversation(over: connection, version: .v14)
                let keys = [try await conversation.createKey(), try await conversation.createKey()]
                let first = try await conversation.get(keys[0])
                try await RogueFront.with(.gateway, of: site) { front in
                    let id = MessageID.random()
                    let get = KMIPJob(
                        client: try Self.fingerprint(site),
                        continuesAfterFailure: false,
                        operations: [.get(GetOperation(identifier: UniqueIdentifier(keys[1])))]
                    )
                    let sealed = try front.ticket().seal(Self.job(.kmip(get), id), header: front.header(id: id))
                    let recorded = try await front.send(sealed.bytes, id: id)
                    try await RogueBroker.with(
                        front,
                        answer: { body in (try? disguise.disguise(recorded, asReplyTo: body)) ?? [] }
                    ) { taken in
                        var refusals = 0
                        for _ in 0..<200 where taken() < 3 {
                            do {
                                let got = try await conversation.get(keys[0])
                                #expect(try got.keyBytes() == first.keyBytes())
                            } catch let error as KMIPClientError {
                                #expect(error.code == .operationFailed(.generalFailure))
                                refusals += 1
                            }
                        }
                        #expect(taken() >= 3)
                        #expect(refusals == taken())
                        let lines = site.log(of: .gateway(1)).split(separator: "\n")
                            .filter { $0.contains("a reply is not believed") }
                        #expect(lines.count == taken())
                        #expect(lines.allSatisfy { $0.contains("reason=\(disguise.reason.rawValue)") }, "\(lines)")
                    }
                }
                #expect(try await conversation.get(keys[0]).keyBytes() == first.keyBytes())
                await connection.close()
            }
        }
    }
}
