import HSM
import JobMessages
import JobSealing
import KeyModel
import PipelineFixtures

@testable import Worker

/// A job of a front that may send any: `option` says which front, class and deadline.
struct SealedJobChecks {
    private static let deadlines: [Int64] = [
        JobFixture.now, JobFixture.now - 1, JobFixture.now + 65_000, JobFixture.now + 65_001, .max, .min, 0,
        JobFixture.now + 30_000,
    ]

    let fixture: JobFixture
    let option: UInt8

    func check(_ plaintext: [UInt8]) throws {
        let front = option & 1 == 0 ? fixture.gateway : fixture.admin
        let jobClass = JobClass.allCases[Int(option >> 1 & 3) % JobClass.allCases.count]
        let deadline = Self.deadlines[Int(option >> 3 & 7)]
        let sent = try fixture.sealedJob(from: front, of: plaintext, deadline: deadline, jobClass)
        let unopened = try UnopenedJob(sent.bytes)
        var tickets = fixture.tickets
        let ticket = try tickets.ticket(unopened.ticket, now: JobFixture.now, opener: fixture.opener)
        let opened = try unopened.open(with: ticket)
        guard let job = try? opened.job() else { return }
        try require(try Job(serialized: job.serialized()) == job, "a job that is sent on is another")
        let reply = try self.reply(to: job, opened)
        let answer = try sent.openReply(try opened.seal(reply))
        try require(answer == reply, "the reply that arrives is another: \(answer) for \(reply)")
    }

    /// What the worker answers, without HSM and store.
    private func reply(to job: Job, _ opened: OpenedJob<TransportKeyReference>) throws -> JobReply {
        let admission = JobAdmission(
            partition: fixture.services.partition,
            authority: fixture.authority,
            now: JobFixture.now
        )
        do throws(OperationFailure) {
            try admission.check(opened, job)
        } catch {
            return .failure(error)
        }
        try require(isAdmissible(job, opened), "a job is admitted that must not be")
        switch job.content {
        case .kmip(let kmip):
            var run = ModelRun()
            return .kmip(try run.run(kmip))
        case .identifyClient(let fingerprint, _):
            do throws(OperationFailure) {
                _ = try fixture.authority.client(fingerprint, at: ModelRun.now)
            } catch {
                return .failure(error)
            }
            throw Violation("a client is known that was never registered")
        case .operator(let job): return try operatorReply(to: job.request)
        }
    }

    /// The rules of admission, in other words.
    private func isAdmissible(_ job: Job, _ opened: OpenedJob<TransportKeyReference>) -> Bool {
        let isTimely = (JobFixture.now...JobFixture.now + 65_000).contains(opened.header.deadline)
        let isOperators = if case .operator = job.content { true } else { false }
        let isFromAdmin = option & 1 == 1
        return isTimely && isOperators == isFromAdmin
            && opened.header.jobClass == (isOperators ? .operator : .interactive)
    }

    private func operatorReply(to request: OperatorJob.Request) throws -> JobReply {
        switch request.effect {
        case .authority:
            let changed: AuthorityChange
            let operatorsTrust = try OperatorsTrust([fixture.services.authorityCertificate])
            do throws(OperationFailure) {
                let context = ChangeContext(
                    requester: fixture.admin.credential.fingerprint,
                    sender: fixture.admin.credential.fingerprint,
                    trust: fixture.services.trust,
                    operatorsTrust: operatorsTrust,
                    now: ModelRun.now
                )
                changed = try fixture.authority.changed(by: request, in: context)
            } catch {
                return .failure(error)
            }
            if case .certificate = request {
                try require(changed.next.certificates.count == 1, "a certificate is not added, or was there before")
            }
            try require(
                Set(changed.next.authorizations).isSubset(of: fixture.authority.authorizations),
                "an authorization is given without a signature"
            )
            try require(
                changed.next.operators.count == fixture.authority.operators.count,
                "an operator is admitted without a signature"
            )
            try require(
                changed.next.services.count == fixture.authority.services.count,
                "a service is admitted without a signature"
            )
            return .operator(changed.answer)
        case .objects: return try changedKey(by: request)
        case .none, .rootKey, .notes, .order:
            let known = fixture.authority.certificates.map { certificate in
                ClientCertificateDescription(certificate: certificate, lastSeen: nil)
            }
            return .operator(.certificate(.list(known)))
        }
    }

    private func changedKey(by request: OperatorJob.Request) throws -> JobReply {
        guard case .key(let request) = request, let change = KeyChange(request) else {
            throw Violation("another request than those of keys changes objects")
        }
        var object = try ModelRun.object(change.key)
        do throws(OperationFailure) {
            try object.activate(at: ModelRun.now)
            try change.apply(to: &object, at: ModelRun.now)
        } catch {
            return .failure(error)
        }
        try require(object.material != nil, "an active key is destroyed")
        return .operator(.key(.changed(KeyDescription(object, lastRetrieved: nil))))
    }
}
