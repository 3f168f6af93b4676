/// Problem details (RFC 9457): what every response with an error status carries.
package struct Problem: Error, Codable, Hashable, Sendable {
    /// The media type (RFC 9457, 3).
    package static let mediaType = "application/problem+json"

    /// `urn:keyferry:problem:` and the code.
    package let type: String
    /// The same for every occurrence of the code.
    package let title: String
    /// The HTTP status code.
    package let status: Int
    /// What to switch on: a `ProblemCode`, or one that a newer server has.
    package let code: String
    /// About this occurrence, for people.
    package let detail: String?
    /// Where to find the request in the logs of the admin front and of the workers, and in the audit trail.
    package let requestId: String

    package init(code: ProblemCode, title: String, status: Int, detail: String?, requestId: String) {
        self.type = "urn:keyferry:problem:\(code.rawValue)"
        self.title = title
        self.status = status
        self.code = code.rawValue
        self.detail = detail
        self.requestId = requestId
    }

    package var knownCode: ProblemCode? { ProblemCode(rawValue: code) }
}

/// The codes of problems. Clients switch on them: none is ever renamed or given another meaning.
package enum ProblemCode: String, Hashable, Sendable, CaseIterable {
    // The request can't be understood.
    case unknownRoute = "unknown-route"
    case methodNotAllowed = "method-not-allowed"
    case malformedRequest = "malformed-request"
    case invalidParameter = "invalid-parameter"
    case unsupportedMediaType = "unsupported-media-type"
    case bodyTooLarge = "body-too-large"

    // Who asks.
    case operatorCertificateMissing = "operator-certificate-missing"
    case operatorNotAuthorized = "operator-not-authorized"

    // What is asked for.
    case instanceNotFound = "instance-not-found"
    case certificateNotFound = "certificate-not-found"
    case keyNotFound = "key-not-found"
    case keyWrongState = "key-wrong-state"
    case keyDestroyed = "key-destroyed"
    case invalidName = "invalid-name"
    case certificateMalformed = "certificate-malformed"
    case privateKeySubmitted = "private-key-submitted"
    case certificateNotAccepted = "certificate-not-accepted"
    case certificateNameTaken = "certificate-name-taken"
    case certificateAlreadyRegistered = "certificate-already-registered"
    case certificateNotPending = "certificate-not-pending"
    case certificateUnchanged = "certificate-unchanged"
    case previousCertificateInForce = "previous-certificate-in-force"
    case rootKeyNotFound = "root-key-not-found"
    case rootKeyNameTaken = "root-key-name-taken"
    case rootKeyNotActive = "root-key-not-active"
    case rotationRunning = "rotation-running"
    case rootKeyImportUnavailable = "root-key-import-unavailable"
    case wrappedKeyNotAccepted = "wrapped-key-not-accepted"
    case rootKeyLengthNotAccepted = "root-key-length-not-accepted"
    case rootKeyDeletionPending = "root-key-deletion-pending"
    case rootKeyDeleted = "root-key-deleted"
    case rootKeyNotBeingDeleted = "root-key-not-being-deleted"
    case secondKeyOwnerMissing = "second-key-owner-missing"
    case deletionReportMissing = "deletion-report-missing"
    case operationNotFound = "operation-not-found"
    case instanceNameTaken = "instance-name-taken"
    case instanceStatusConflict = "instance-status-conflict"
    case keysNotDestroyed = "keys-not-destroyed"
    case rootKeyNotAuthorized = "root-key-not-authorized"
    case authorizationNotFound = "authorization-not-found"
    case operatorNotFound = "operator-not-found"
    case operatorAlreadyRegistered = "operator-already-registered"
    case identityNotFound = "identity-not-found"
    case identityAlreadyRegistered = "identity-already-registered"
    case statementNotAccepted = "statement-not-accepted"
    case wouldLockOut = "would-lock-out"
    case conflict
    case preconditionFailed = "precondition-failed"
    case idempotencyKeyReused = "idempotency-key-reused"
    case requestInProgress = "request-in-progress"

    // What the service can't do, at the moment or at all.
    case busy
    case noHealthyWorker = "no-healthy-worker"
    case brokerUnavailable = "broker-unavailable"
    case storeUnavailable = "store-unavailable"
    case hsmUnavailable = "hsm-unavailable"
    case shuttingDown = "shutting-down"
    case deadlinePassed = "deadline-passed"
    case workerOutdated = "worker-outdated"
    case serviceNotAuthorized = "service-not-authorized"
    case recordCorrupted = "record-corrupted"
    case `internal`
}
