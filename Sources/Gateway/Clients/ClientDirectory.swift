import JobDispatch
import JobSealing
import JobTransport
import KeyModel
import Synchronization

/// Whose certificate a fingerprint is: asked of a worker, kept for a short time, dropped on notice.
///
/// This decides about connections only. The worker looks again for every job.
final class ClientDirectory: Sendable {
    enum Answer: Sendable, Hashable {
        case registered(ClientDescription)
        case notRegistered
        /// Nobody could say.
        case unknown
        /// More fingerprints wait for an answer than may.
        case tooManyAsked
    }

    /// So many jobs ask at the same time: a flood of unknown certificates must not fill the queue.
    static let mostLookups = 32

    private let dispatcher: JobDispatcher
    private let memory = Mutex(DirectoryMemory())
    private let turnstile = Turnstile(places: mostLookups, mostWaiting: 1024)

    init(dispatcher: JobDispatcher) {
        self.dispatcher = dispatcher
    }

    /// Connections that come at the same time with the same certificate, as all hosts of a cluster do, ask once.
    ///
    /// - Parameter certificate: in DER, for the case that it is nobody's: operators can then choose to admit it.
    func identify(
        _ fingerprint: CertificateFingerprint,
        address: String,
        certificate: [UInt8]? = nil
    ) async -> Answer {
        let now = ClockReading.monotonic
        let (known, lookup) = memory.withLock { memory -> (Answer?, Lookup?) in
            switch memory.find(fingerprint, now: now) {
            case .known(let answer): return (answer, nil)
            case .isAsked(let running): return (nil, running)
            case .toBeAsked(let number, let isOldClient):
                let job = Job.Content.identifyClient(
                    fingerprint,
                    der: certificate.flatMap { $0.count <= PendingCertificate.longestDER ? $0 : nil }
                )
                let task = Task { await self.ask(job, address: address, isUrgent: isOldClient) }
                let lookup = Lookup(number: number, task: task)
                memory.asked(fingerprint, lookup)
                return (nil, lookup)
            }
        }
        guard let lookup else { return known ?? .unknown }
        let answer = await lookup.task.value
        return memory.withLock { $0.answered(fingerprint, lookup.number, answer, now: ClockReading.monotonic) }
    }

    /// Whose certificate it was when that was last asked; for the log.
    func lastKnownInstance(of fingerprint: CertificateFingerprint) -> String? {
        guard case .registered(let client)? = memory.withLock({ $0.last(fingerprint) }) else { return nil }
        return client.instanceName
    }

    func forget(_ fingerprint: CertificateFingerprint) {
        memory.withLock { $0.forget(fingerprint) }
    }

    func forgetAll() {
        memory.withLock { $0.forgetAll() }
    }

    /// - Parameter isUrgent: whether it was a client's when it was last asked: it goes before those that nobody knows.
    private func ask(_ job: Job.Content, address: String, isUrgent: Bool) async -> Answer {
        guard await turnstile.enter(isUrgent: isUrgent) else { return .tooManyAsked }
        defer { turnstile.leave() }
        let id = MessageID.random()
        do {
            let answer = try await dispatcher.perform(in: .interactive, as: id) { _ in
                Job(requestID: id.hex, clientAddress: address, content: job)
            }
            guard case .client(let description) = answer.reply else { return .unknown }
            return .registered(description)
        } catch {
            return error.failure?.code == .notRegistered ? .notRegistered : .unknown
        }
    }
}

/// One question that is under way.
struct Lookup: Sendable {
    let number: UInt64
    let task: Task<ClientDirectory.Answer, Never>
}
