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
    let listener: KMIPListener
    let clients: ClientDirectory
    let dispatcher: JobDispatcher
    let logger: Logger

    /// Watches whether the partition is served: within a fraction of a second after it is not, every client's connection
    /// is closed, so that vCenter sees the provider fail and tries the next one.
    func run() async throws {
        try? await cancelWhenGracefulShutdown {
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
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Acts on word from the fleet.
    func act(on change: FleetChange) async {
        switch change {
        case .notice(let notice):
            if case .certificate(let fingerprint) = notice.subject {
                clients.forget(fingerprint)
                await review([fingerprint])
                return
            }
            clients.forgetAll()
            await review(liveClients())
        case .mayHaveMissedSome:
            clients.forgetAll()
            await review(liveClients())
        }
    }

    /// Asks again whose certificates these are, and closes the connections of those that are nobody's.
    private func review(_ fingerprints: Set<CertificateFingerprint>) async {
        for fingerprint in fingerprints {
            switch await clients.identify(fingerprint, address: "") {
            case .registered(let client) where client.isInService: continue
            // Unable to ask is no reason: the worker looks again for every job.
            case .unknown: continue
            case .registered, .notRegistered:
                let closed = listener.closeConnections(because: .certificateRemoved) {
                    $0.certificate?.fingerprintSHA256 == fingerprint.bytes
                }
                if closed > 0 {
                    logger.notice(
                        "connections of a client are ended",
                        metadata: ["fingerprint": "\(fingerprint)", "connections": "\(closed)"]
                    )
                }
            }
        }
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
