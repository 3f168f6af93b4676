package import PKCS11

/// What went wrong with the token: a code to switch on, the PKCS #11 call behind it, and words for the log.
///
/// The text names functions, codes, keys by role and identifier, attributes and configured paths; never a secret.
/// Equality compares the code only, so that tests match on it.
package struct HSMError: Error, Sendable, Equatable, CustomStringConvertible {
    package let code: Code
    package let cause: PKCS11Error?
    package let detail: String

    package init(_ code: Code, cause: PKCS11Error? = nil, _ detail: String = "") {
        self.code = code
        self.cause = cause
        self.detail = detail
    }

    package var description: String {
        ([code.rawValue] + [detail, cause.map { "\($0)" } ?? ""].filter { !$0.isEmpty }).joined(separator: ": ")
    }

    package static func == (left: HSMError, right: HSMError) -> Bool {
        left.code == right.code
    }
}

extension HSMError {
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// The module's file is missing, or is no PKCS #11 module.
        case moduleNotLoadable
        /// SoftHSM's configuration file can't be read or names no token directory.
        case configurationUnreadable
        /// SoftHSM's token directory does not exist or may not be read, written and searched.
        case tokenDirectoryUnusable
        case tokenNotFound
        /// More than one token has this label or serial.
        case tokenAmbiguous
        /// Set-up would make a second token of the same label.
        case tokenExists
        /// Set-up found no slot with an uninitialized token.
        case noFreeSlot

        /// Tried once and never again: restart loops lock tokens.
        case pinIncorrect
        /// The token refused this PIN file at an earlier start, and the file was not written since: it was not tried.
        case pinRefusedBefore
        case pinLocked
        case pinExpired
        /// Another process has held the login lock for too long.
        case loginLockBusy

        case mechanismsMissing
        case keyMissing
        /// Two objects with the same class and CKA_ID.
        case keyAmbiguous
        /// A key lacks a restriction of the table in `KeyRole`.
        case keyWeak
        /// A new root key version can't wrap and unwrap; it has been destroyed.
        case keyUnusable
        /// A root key version is still in the token after its destruction.
        case keyNotDestroyed

        /// There is no session at present; `maintain` is trying to replace it.
        case unavailable
        /// The session failed in this call. The call may have had its effect in the token, but nothing came of it.
        case sessionLost
        /// The token refuses a wrapped key: altered, cut short, or wrapped under another key.
        case wrappedKeyRejected
        /// Key material of a length that its kind does not have.
        case lengthNotSupported
        /// DES3 while the policy is off.
        case algorithmNotAllowed
        /// The bound on transport keys held open is reached.
        case tooManyTransportKeys
        /// A reference that was never given out, or was released.
        case transportKeyUnknown

        case anchorMissing
        /// Two anchors of the highest generation that do not say the same.
        case anchorConflict
        /// The anchor only rises.
        case anchorNotHigher
        case anchorMalformed

        /// The secure heap is full or unavailable.
        case secureMemory
        /// A file that the login guard needs can't be read or written.
        case guardFileFailed
        /// Any other refusal of the token.
        case operationFailed
    }

    /// Whether trying again, later and by itself, could help. A wrong PIN or a missing module won't mend.
    package var isPermanent: Bool {
        switch code {
        case .pinIncorrect, .pinRefusedBefore, .pinLocked, .pinExpired, .moduleNotLoadable, .configurationUnreadable,
            .tokenAmbiguous, .mechanismsMissing, .keyWeak:
            true
        default:
            false
        }
    }
}
