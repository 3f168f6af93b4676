import JobMessages
import KeyModel
import Testing

/// What is sent is what arrives.
struct RoundTripTests {
    private func job(_ content: Job.Content) throws -> Job {
        let job = Job(requestID: "0123456789abcdef", clientAddress: "2001:db8::1", content: content)
        return try Job(serialized: job.serialized())
    }

    @Test(arguments: [false, true])
    func everyOperation(_ continues: Bool) throws {
        for operation in Samples.operations {
            let content = Job.Content.kmip(
                KMIPJob(
                    client: try Samples.fingerprint(1),
                    continuesAfterFailure: continues,
                    operations: [operation]
                )
            )
            let received = try job(content)
            #expect(received.content == content)
            #expect(received.requestID == "0123456789abcdef" && received.clientAddress == "2001:db8::1")
        }
    }

    @Test func aBatchKeepsItsOrder() throws {
        let kmip = KMIPJob(
            client: try Samples.fingerprint(1),
            continuesAfterFailure: true,
            operations: Samples.operations
        )
        #expect(try job(.kmip(kmip)).content == .kmip(kmip))
        let empty = KMIPJob(client: try Samples.fingerprint(1), continuesAfterFailure: true, operations: [])
        #expect(try job(.kmip(empty)).content == .kmip(empty))
    }

    @Test func everyOtherJob() throws {
        let identify = Job.Content.identifyClient(try Samples.fingerprint(2))
        #expect(try job(identify).content == identify)
        let withCertificate = Job.Content.identifyClient(try Samples.fingerprint(2), der: [0x30, 0x00])
        #expect(try job(withCertificate).content == withCertificate)
        let longest = Job.Content.identifyClient(
            try Samples.fingerprint(2),
            der: [UInt8](repeating: 1, count: PendingCertificate.longestDER)
        )
        #expect(try job(longest).content == longest)
        for request in try Samples.requests() {
            let content = Job.Content.operator(OperatorJob(requester: try Samples.fingerprint(9), request: request))
            #expect(try job(content).content == content)
        }
    }

    @Test func everyResult() throws {
        for result in Samples.results {
            let reply = JobReply.kmip([.success(result)])
            #expect(try JobReply(serialized: reply.serialized()) == reply)
        }
        let all = JobReply.kmip(Samples.results.map { .success($0) } + [.failure(OperationFailure(.notAttempted))])
        #expect(try JobReply(serialized: all.serialized()) == all)
    }

    @Test(arguments: OperationFailure.Code.allCases)
    func everyFailure(_ code: OperationFailure.Code) throws {
        for failure in [OperationFailure(code), OperationFailure(code, attribute: .name)] {
            for reply in [JobReply.failure(failure), .kmip([.failure(failure)])] {
                #expect(try JobReply(serialized: reply.serialized()) == reply)
            }
        }
    }

    @Test func everyOtherReply() throws {
        for isInService in [true, false] {
            let client = JobReply.client(
                ClientDescription(
                    instanceName: "kmip-01",
                    isInService: isInService,
                    certificateNotAfter: Samples.time
                )
            )
            #expect(try JobReply(serialized: client.serialized()) == client)
        }
        for answer in try Samples.answers() {
            let reply = JobReply.operator(answer)
            #expect(try JobReply(serialized: reply.serialized()) == reply)
        }
    }

    /// The same request must give the same bytes: a second delivery is told by their hash.
    @Test func serializingIsRepeatable() throws {
        let kmip = KMIPJob(
            client: try Samples.fingerprint(1),
            continuesAfterFailure: true,
            operations: Samples.operations
        )
        let job = Job(requestID: "r", clientAddress: "a", content: .kmip(kmip))
        #expect(job.serialized() == job.serialized())
        #expect(try Job(serialized: job.serialized()).serialized() == job.serialized())
    }
}
