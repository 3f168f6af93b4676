import Cryptography
import JobDispatch
import KMIPServer
import KeyModel
import Logging
import ServiceLifecycle
import Synchronization

/// Ends connections that have lost their right to be: their certificate was removed, their instance left service, or
/// keys can't be had.
struct ConnectionReview: Service {
    /// So many questions at the same time.
    private static let atOnce = 8

    private let listener: KMIPListener
    private let clients: ClientDirectory
    private let dispatcher: JobDispatcher
    private let logger: Logger
    private let removals = AsyncStream<CertificateFingerprint>.makeStream(bufferingPolicy: .bufferingNewest(10_000))
    private let reviews = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(listener: KMIPListener, clients: ClientDirectory, dispatcher: JobDispatcher, logger: Logger) {
        self.listener = listener
        self.clients = clients
        self.dispatcher = dispatcher
        self.logger = logger
    }

    func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watchService() }
            group.addTask { for await fingerprint in removals.stream { await review([fingerprint]) } }
            group.addTask { for await _ in reviews.stream { await review(liveClients()) } }
            try? await gracefulShutdown()
            group.cancelAll()
        }
    }

    /// Watches whether the partition is served: within a fraction of a second after it is not, every client's connection
    /// is closed, so that vCenter sees the provider fail and tries the next one.
    private func watchService() async {
        var wasServing = false
        while !Task.isCancelled {
            let isServing = dispatcher.isServing
            if isServing != wasServing {
                logger.notice(
                    isServing ? "serving: a healthy worker is heard" : "not serving: no healthy worker is heard"
                )
                wasServing = isServing
                if !isServing { listener.closeConnections(because: .unhealthy) { $0.certificate != nil } }
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Acts on word from the fleet. What must be asked for it is asked later, for whoever calls has heartbeats to hear: a
    /// queue of requests must not look like a silence of the workers.
    func act(on change: FleetChange) {
        switch change {
        case .notice(let notice):
            if case .certificate(let fingerprint) = notice.subject {
                clients.forget(fingerprint)
                removals.continuation.yield(fingerprint)
                return
            }
            if notice.subject == .identity(dispatcher.identity) {
                // No worker does anything for this gateway any more, and none would say so of its clients.
                logger.error("this gateway's identity was revoked: it can't serve any more")
                listener.closeConnections(because: .identityRevoked) { $0.certificate != nil }
            }
            clients.forgetAll()
            reviews.continuation.yield()
        case .mayHaveMissedSome:
            clients.forgetAll()
            reviews.continuation.yield()
        }
    }

    /// Asks again whose certificates these are, and closes the connections of those that are nobody's.
    private func review(_ fingerprints: Set<CertificateFingerprint>) async {
        await withTaskGroup(of: Void.self) { group in
            for (number, fingerprint) in fingerprints.enumerated() {
                if number >= Self.atOnce { await group.next() }
                group.addTask { await review(fingerprint) }
            }
        }
    }

    private func review(_ fingerprint: CertificateFingerprint) async {
        switch await clients.identify(fingerprint, address: "") {
        case .registered(let client) where client.isInService: return
        // Unable to ask is no reason: the worker looks again for every job.
        case .unknown, .tooManyAsked: return
        case .registered(let client): end(fingerprint, because: .notInService(client.instanceName))
        case .notRegistered: end(fingerprint, because: .certificateRemoved)
        }
    }

    private func end(_ fingerprint: CertificateFingerprint, because reason: KMIPCloseReason) {
        let closed = listener.closeConnections(because: reason) {
            $0.certificate?.fingerprintSHA256 == fingerprint.bytes
        }
        guard closed > 0 else { return }
        logger.notice(
            "connections of a client are ended",
            metadata: [
                "fingerprint": "\(fingerprint)", "connections": "\(closed)", "reason": "\(reason.description)",
            ]
        )
    }

    private func liveClients() -> Set<CertificateFingerprint> {
        var found: Set<CertificateFingerprint> = []
        listener.closeConnections(because: .certificateRemoved) { peer in
            if let certificate = peer.certificate,
                let fingerprint = CertificateFingerprint(certificate.fingerprintSHA256)
            {
                found.insert(fingerprint)
            }
            return false
        }
        return found
    }
}
