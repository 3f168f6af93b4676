import Cryptography
package import JobMessages

/// Why a sealed message, a ticket or a fleet message was not believed. Safe to log: it repeats nothing of the message.
package struct SealingError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// Not the bytes of such a message at all.
        case malformed
        /// A schema version that this process does not know.
        case versionUnknown
        /// For another partition than this process serves.
        case wrongPartition
        /// The certificate is not the services CA's, not in its dates, or says nothing of a role.
        case identityNotTrusted
        /// The certificate's role may not do this.
        case roleNotAllowed
        case signatureInvalid
        /// The ticket's dates are not now, or further apart than two hours.
        case ticketNotInForce
        /// The ticket is for a ticket key that the token does not have (any longer).
        case ticketKeyUnknown
        /// The token could not open the ticket's secrets.
        case ticketNotOpened
        case sealBroken
        /// A reply to another job.
        case wrongJob
        /// The worker could not open the job, and says so in clear.
        case refusedInClear
        /// An older message than one that was heard before from the same sender, or one that is simply old.
        case replayed
        /// libcrypto refused; see the log of the process.
        case cryptographyFailed
        /// The HSM can't be used at the moment.
        case hsmUnavailable
    }

    package let code: Code
    /// What the worker says that it stumbled over, with `refusedInClear`.
    package let refusal: WireClearRefusal

    package init(_ code: Code, refusal: WireClearRefusal = .unspecified) {
        self.code = code
        self.refusal = refusal
    }

    package var description: String { code.rawValue }
}

/// Runs cryptography whose failure means nothing but "does not work".
func sealing<R: ~Copyable>(_ body: () throws(CryptographyError) -> R) throws(SealingError) -> R {
    do {
        return try body()
    } catch {
        throw SealingError(.cryptographyFailed)
    }
}

func decoding<R>(_ body: () throws(JobMessageError) -> R) throws(SealingError) -> R {
    do {
        return try body()
    } catch {
        throw SealingError(.malformed)
    }
}
