import AuthorityKeeping
import HSM
import JobSealing
import KeyModel
import KeyStorage
import Logging

/// A job whose operations were carried out in memory and in the HSM, and that is not committed yet.
struct ExecutedJob {
    let job: AdmittedJob
    let reply: JobReply
    let changes: JobChanges
    /// Whether the answer is kept, for the case that the job is delivered again.
    let savesOutcome: Bool
}

extension BatchProcessor {
    /// Carries out one job, in memory.
    func execute(
        _ job: AdmittedJob,
        known: Result<StoredOutcome, StoreError>?,
        in view: BatchView
    ) throws(ExecutionError) -> ExecutedJob {
        try accounting(for: job.position) { () throws(ExecutionError) in
            try decide(job, known: known, in: view)
        }
    }

    private func decide(
        _ job: AdmittedJob,
        known: Result<StoredOutcome, StoreError>?,
        in view: BatchView
    ) throws(ExecutionError) -> ExecutedJob {
        switch OutcomeDecision(known, requestHash: job.requestHash) {
        case .refuse(let code):
            return ExecutedJob(
                job: job,
                reply: .failure(OperationFailure(code)),
                changes: JobChanges(),
                savesOutcome: false
            )
        case .repeatAnswer(let reply):
            accounts[job.position, default: JobAccount()].isRepeat = true
            return try repeatAnswer(reply, to: job, in: view)
        case .execute: break
        }
        switch job.job.content {
        case .kmip(let kmip): return try execute(kmip, of: job, in: view)
        case .identifyClient(let fingerprint, let der):
            let reply = identify(fingerprint)
            if case .failure = reply, let der { noteRefusal(of: fingerprint, der: der, address: job.job.clientAddress) }
            return ExecutedJob(job: job, reply: reply, changes: JobChanges(), savesOutcome: false)
        case .operator: preconditionFailure("operators' jobs are carried out by carryOutOperators")
        }
    }

    private func execute(
        _ kmip: KMIPJob,
        of job: AdmittedJob,
        in view: BatchView
    ) throws(ExecutionError) -> ExecutedJob {
        let scope: JobScope
        do {
            scope = try makeScope(kmip, of: job)
        } catch {
            return refuse(job, of: kmip.client, error)
        }
        var run = OperationRun(scope: scope, authority: keeper.authority, hsm: hsm, view: view)
        let outcomes = try run.run(kmip, within: limits)
        return ExecutedJob(
            job: job,
            reply: .kmip(outcomes),
            changes: run.changes,
            savesOutcome: job.job.changesStore
        )
    }

    /// Answers as before. Keys that the answer held are fetched again: the store has them under the root key only.
    private func repeatAnswer(
        _ reply: JobReply,
        to job: AdmittedJob,
        in view: BatchView
    ) throws(ExecutionError) -> ExecutedJob {
        guard case .kmip(var outcomes) = reply, case .kmip(let kmip) = job.job.content else {
            return ExecutedJob(job: job, reply: reply, changes: JobChanges(), savesOutcome: false)
        }
        let scope: JobScope
        do {
            scope = try makeScope(kmip, of: job, isRepeat: true)
        } catch {
            return refuse(job, of: kmip.client, error)
        }
        var run = OperationRun(scope: scope, authority: keeper.authority, hsm: hsm, view: view)
        for (position, outcome) in outcomes.enumerated() {
            guard case .success(.got(let key)) = outcome else { continue }
            let again = KMIPJob(
                client: kmip.client,
                continuesAfterFailure: false,
                operations: [.get(GetOperation(identifier: key.identifier))]
            )
            outcomes[position] = try run.run(again, within: limits)[0]
        }
        return ExecutedJob(job: job, reply: .kmip(outcomes), changes: run.changes, savesOutcome: false)
    }

    /// A client that may have nothing done, or not at the moment.
    private func refuse(
        _ job: AdmittedJob,
        of client: CertificateFingerprint,
        _ failure: OperationFailure
    ) -> ExecutedJob {
        logger.notice(
            "a client is refused",
            metadata: ["request": "\(job.job.requestID)", "client": "\(client)", "reason": "\(failure.code)"]
        )
        return ExecutedJob(job: job, reply: .failure(failure), changes: JobChanges(), savesOutcome: false)
    }

    private func identify(_ fingerprint: CertificateFingerprint) -> JobReply {
        let authority = keeper.authority
        do {
            let now = Timestamp(secondsSince1970: clock() / 1_000)
            let (certificate, instance) = try authority.client(fingerprint, at: now)
            let isInService = (try? authority.rootKeyInService(for: instance)) != nil
            return .client(
                ClientDescription(
                    instanceName: instance.name,
                    isInService: isInService,
                    certificateNotAfter: certificate.end
                )
            )
        } catch {
            return .failure(error)
        }
    }

    private func makeScope(
        _ kmip: KMIPJob,
        of job: AdmittedJob,
        isRepeat: Bool = false
    ) throws(OperationFailure) -> JobScope {
        let authority = keeper.authority
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        let (_, instance) = try authority.client(kmip.client, at: now)
        guard instance.partition == partition else { throw OperationFailure(.notRegistered) }
        let rootKey = try authority.rootKeyInService(for: instance)
        guard let version = authority.currentVersion(of: rootKey.identifier),
            let tokenKey = TokenKeyIdentifier(version.tokenKeyID),
            let transportKey = job.opened.ticket.transportKey
        else { throw OperationFailure(.instanceNotInService) }
        certificateNotes.used(kmip.client, at: now)
        return JobScope(
            requestID: job.job.requestID,
            address: job.job.clientAddress,
            client: kmip.client,
            instance: instance,
            rootKeyVersion: version,
            rootTokenKey: tokenKey,
            transportKey: transportKey,
            now: now,
            isRepeat: isRepeat || job.isRedelivered
        )
    }
}
