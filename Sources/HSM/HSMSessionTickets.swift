package import Cryptography
internal import PKCS11

/// A transport key that is held open: its wrapped form, to import it again after a recycling, and its handle.
struct TransportKey {
    let wrapped: [UInt8]
    let ticketKey: TokenKeyIdentifier
    var handle: ObjectHandle?
}

/// Opening tickets.
extension HSMSession {
    /// Unwraps a gateway's transport key (RSA-OAEP) with a ticket key: AES, wrap and unwrap only, never extractable.
    ///
    /// Held until `releaseTransportKey`; the bound on keys held at once is a setting.
    package func importTransportKey(
        _ wrapped: [UInt8],
        with ticketKey: TokenKeyIdentifier
    ) throws(HSMError) -> TransportKeyReference {
        let begin = metrics.begin()
        defer { metrics.ended(.openTransportKey, since: begin) }
        guard transportKeys.count < settings.maximumTransportKeys else {
            throw HSMError(.tooManyTransportKeys, "\(transportKeys.count) transport keys are open")
        }
        let handle = try unwrapTransportKey(wrapped, with: ticketKey)
        lastTransportKeyNumber += 1
        let reference = TransportKeyReference(number: lastTransportKeyNumber)
        transportKeys[reference] = TransportKey(wrapped: wrapped, ticketKey: ticketKey, handle: handle)
        return reference
    }

    /// Ends the use of a transport key. A reference that is not held is ignored.
    package func releaseTransportKey(_ reference: TransportKeyReference) {
        guard let key = transportKeys.removeValue(forKey: reference), let handle = key.handle else { return }
        destroySessionObject(handle)
    }

    /// Unwraps a front's ticket secret S (RSA-OAEP) and returns HMAC-SHA-256(S, message), the ticket's message key M.
    /// S does not leave the token, nor outlive the call.
    package func deriveTicketMessageKey(
        fromSecret wrapped: [UInt8],
        with ticketKey: TokenKeyIdentifier,
        message: [UInt8]
    ) throws(HSMError) -> SecretBytes {
        let begin = metrics.begin()
        defer { metrics.ended(.openTicketSecret, since: begin) }
        let unwrappingKey = try handle(of: TokenKey(.ticketKey, ticketKey))
        let template = Template(KeyTemplates.ticketSecret)
        let secret = try perform(rejection: .wrappedKeyRejected) { token throws(PKCS11Error) in
            try token.session.unwrapKey(wrapped, with: unwrappingKey, .rsaOAEPSHA1, template)
        }
        madeObjects(1)
        defer { destroySessionObject(secret) }
        return try authenticationCode(of: message, with: secret)
    }

    /// The handle of a transport key in this login; imported again where the module was recycled since.
    func handle(of reference: TransportKeyReference) throws(HSMError) -> ObjectHandle {
        guard let key = transportKeys[reference] else { throw HSMError(.transportKeyUnknown) }
        if let handle = key.handle { return handle }
        let handle = try unwrapTransportKey(key.wrapped, with: key.ticketKey)
        transportKeys[reference]?.handle = handle
        return handle
    }

    private func unwrapTransportKey(
        _ wrapped: [UInt8],
        with ticketKey: TokenKeyIdentifier
    ) throws(HSMError) -> ObjectHandle {
        let unwrappingKey = try handle(of: TokenKey(.ticketKey, ticketKey))
        let template = Template(KeyTemplates.transportKey(try keyWrap))
        let handle = try perform(rejection: .wrappedKeyRejected) { token throws(PKCS11Error) in
            try token.session.unwrapKey(wrapped, with: unwrappingKey, .rsaOAEPSHA1, template)
        }
        madeObjects(1)
        return handle
    }
}
