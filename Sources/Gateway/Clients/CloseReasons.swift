import KMIPServer
import KeyModel
import Logging

extension KMIPCloseReason {
    static let noCertificate = KMIPCloseReason(
        .noCertificate,
        "the client presented no certificate",
        level: .notice
    )
    static let unhealthy = KMIPCloseReason(.unhealthy, "keys can't be had at the moment", level: .warning)
    static let tooManyUnknown = KMIPCloseReason(
        .busy,
        "more clients with unknown certificates than can be asked about",
        level: .warning
    )
    static let certificateRemoved = KMIPCloseReason(
        .certificateRemoved,
        "the client's certificate is not registered any more, or has expired",
        level: .notice
    )
    static let identityRevoked = KMIPCloseReason(
        .unhealthy,
        "this gateway's identity was revoked",
        level: .error
    )
    static let memoryExhausted = KMIPCloseReason(
        .secureMemoryExhausted,
        "no secure memory for a response",
        level: .error
    )

    /// The log line has all that is needed to admit the client.
    static func notRegistered(_ fingerprint: CertificateFingerprint, subject: String) -> KMIPCloseReason {
        KMIPCloseReason(
            .notRegistered,
            "the client's certificate is not registered or out of date: fingerprint \(fingerprint), subject \(subject);"
                + " to admit it: keyferry certificate admit FINGERPRINT NAME --instance INSTANCE, or, with its file:"
                + " keyferry certificate add NAME FILE --instance INSTANCE",
            level: .notice
        )
    }

    /// Nothing but a new certificate helps, whether this one is registered or not.
    static func expired(_ fingerprint: CertificateFingerprint, subject: String) -> KMIPCloseReason {
        KMIPCloseReason(
            .certificateExpired,
            "the client's certificate has expired: fingerprint \(fingerprint), subject \(subject);"
                + " the client needs a new one: keyferry certificate replace NAME FILE --instance INSTANCE",
            level: .notice
        )
    }

    static func notInService(_ instance: String) -> KMIPCloseReason {
        KMIPCloseReason(.notInService, "instance \(instance) is not in service", level: .warning)
    }
}
