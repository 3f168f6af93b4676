import Cryptography
import HSM
import JobSealing
import KeyModel

/// Opens tickets in the HSM, with the ticket keys that are in force.
struct HSMTicketOpener: TicketOpener {
    let hsm: HSMSession
    let ticketKeys: [CertificateFingerprint: TokenKeyIdentifier]

    init(hsm: HSMSession, authority: Authority) {
        self.hsm = hsm
        var keys: [CertificateFingerprint: TokenKeyIdentifier] = [:]
        for key in authority.ticketKeys {
            guard let fingerprint = CertificateFingerprint(SHA256.hash(key.certificate)),
                let identifier = TokenKeyIdentifier(key.tokenKeyID)
            else { continue }
            keys[fingerprint] = identifier
        }
        ticketKeys = keys
    }

    func open(
        ticketKey: CertificateFingerprint,
        transportKey: [UInt8]?,
        secret: [UInt8],
        ticketHash: [UInt8]
    ) throws(SealingError) -> (transportKey: TransportKeyReference?, messageSecret: SecretBox) {
        guard let key = ticketKeys[ticketKey] else { throw SealingError(.ticketKeyUnknown) }
        do {
            let messageSecret = try hsm.deriveTicketMessageKey(fromSecret: secret, with: key, message: ticketHash)
            let reference = try transportKey.map { wrapped throws(HSMError) in
                try hsm.importTransportKey(wrapped, with: key)
            }
            return (reference, SecretBox(messageSecret))
        } catch {
            switch error.code {
            case .unavailable, .sessionLost: throw SealingError(.hsmUnavailable)
            default: throw SealingError(.ticketNotOpened)
            }
        }
    }

    func close(_ transportKey: TransportKeyReference) {
        hsm.releaseTransportKey(transportKey)
    }
}
