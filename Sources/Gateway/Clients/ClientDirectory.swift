import JobDispatch
import JobSealing
import JobTransport
import KeyModel
import Synchronization

/// Whose certificate a fingerprint is: asked of a worker, kept for a short time, dropped on notice.
///
/// This decides about connections only. The worker looks again for every job.
final class ClientDirectory: Sendable {
    enum Answer: Sendable {
        case registered(ClientDescription)
        case notRegistered
        /// Nobody could say.
        case unknown
    }

    private struct Entry {
        let answer: Answer
        /// Milliseconds by the monotonic clock.
        let until: Int64
    }

    private static let lifetime: Int64 = 30_000
    /// A client that is refused may have been admitted a moment later; one that floods must not cost a job each time.
    private static let refusalLifetime: Int64 = 500
    private static let mostEntries = 10_000

    private let dispatcher: JobDispatcher
    private let entries = Mutex<[CertificateFingerprint: Entry]>([:])

    init(dispatcher: JobDispatcher) {
        self.dispatcher = dispatcher
    }

    func identify(_ fingerprint: CertificateFingerprint, address: String) async -> Answer {
        let now = ClockReading.monotonic
        if let entry = entries.withLock({ $0[fingerprint] }), now < entry.until { return entry.answer }
        let answer = await ask(fingerprint, address: address)
        let lifetime: Int64
        switch answer {
        case .registered: lifetime = Self.lifetime
        case .notRegistered: lifetime = Self.refusalLifetime
        case .unknown: return answer
        }
        entries.withLock { entries in
            if entries.count >= Self.mostEntries { entries = entries.filter { now < $0.value.until } }
            if entries.count < Self.mostEntries {
                entries[fingerprint] = Entry(answer: answer, until: now + lifetime)
            }
        }
        return answer
    }

    /// Whose certificate it was when that was last asked; for the log.
    func lastKnownInstance(of fingerprint: CertificateFingerprint) -> String? {
        guard case .registered(let client)? = entries.withLock({ $0[fingerprint]?.answer }) else { return nil }
        return client.instanceName
    }

    func forget(_ fingerprint: CertificateFingerprint) {
        entries.withLock { $0[fingerprint] = nil }
    }

    func forgetAll() {
        entries.withLock { $0 = [:] }
    }

    private func ask(_ fingerprint: CertificateFingerprint, address: String) async -> Answer {
        let id = MessageID.random()
        do {
            let answer = try await dispatcher.perform(in: .interactive, as: id) { _ in
                Job(
                    requestID: id.hex,
                    clientAddress: address,
                    content: .identifyClient(fingerprint)
                )
            }
            guard case .client(let description) = answer.reply else { return .unknown }
            return .registered(description)
        } catch {
            return error.failure?.code == .notRegistered ? .notRegistered : .unknown
        }
    }
}
