package import Cryptography
package import JobSealing
package import KeyModel
import Synchronization

/// Opens tickets with a ticket key that is in this process: does in software what the worker has the HSM do.
package final class SoftwareTicketOpener<TransportKey: Sendable & Hashable>: TicketOpener, Sendable {
    private struct Record {
        var opened = 0
        var closed: [TransportKey] = []
    }

    private let key: PrivateKey
    private let fingerprint: CertificateFingerprint
    private let makeTransportKey: @Sendable (Int) -> TransportKey
    private let record = Mutex(Record())

    /// - Parameter makeTransportKey: what stands for the transport key of the ticket of that number, from 1.
    package init(
        key: PrivateKey,
        certificate: Certificate,
        makeTransportKey: @escaping @Sendable (Int) -> TransportKey
    ) throws {
        guard let fingerprint = CertificateFingerprint(certificate.fingerprintSHA256) else {
            throw FixtureError("a fingerprint has 32 bytes")
        }
        self.key = key
        self.fingerprint = fingerprint
        self.makeTransportKey = makeTransportKey
    }

    /// How many tickets were opened.
    package var openedCount: Int { record.withLock { $0.opened } }
    package var closed: [TransportKey] { record.withLock { $0.closed } }

    package func open(
        ticketKey: CertificateFingerprint,
        transportKey: [UInt8]?,
        secret: [UInt8],
        ticketHash: [UInt8]
    ) throws(SealingError) -> (transportKey: TransportKey?, messageSecret: SecretBox) {
        guard ticketKey == fingerprint else { throw SealingError(.ticketKeyUnknown) }
        do {
            if let transportKey { _ = try key.decryptOAEPSHA1(transportKey) }
            let secret = try key.decryptOAEPSHA1(secret)
            let code = try HMACSHA256.secretAuthenticationCode(for: ticketHash, key: secret)
            let number = record.withLock { record in
                record.opened += 1
                return record.opened
            }
            return (transportKey.map { _ in makeTransportKey(number) }, SecretBox(code))
        } catch {
            throw SealingError(.ticketNotOpened)
        }
    }

    package func close(_ transportKey: TransportKey) {
        record.withLock { $0.closed.append(transportKey) }
    }
}
