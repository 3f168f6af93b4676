internal import AdminResources
internal import HTTPTypes

extension ProblemCode {
    var status: HTTPResponse.Status {
        switch self {
        case .malformedRequest, .invalidParameter: .badRequest
        case .operatorCertificateMissing: .unauthorized
        case .operatorNotAuthorized: .forbidden
        case .unknownRoute, .instanceNotFound, .certificateNotFound, .certificateNotPending, .keyNotFound: .notFound
        case .rootKeyNotFound, .operationNotFound, .deletionReportMissing: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .certificateNameTaken, .certificateAlreadyRegistered, .certificateUnchanged,
            .previousCertificateInForce, .keyWrongState, .keyDestroyed, .conflict, .requestInProgress:
            .conflict
        case .preconditionFailed: .preconditionFailed
        case .rootKeyNameTaken, .rootKeyNotActive, .rotationRunning, .rootKeyDeletionPending, .rootKeyDeleted,
            .rootKeyNotBeingDeleted, .rootKeyImportUnavailable:
            .conflict
        case .authorizationNotFound, .operatorNotFound, .identityNotFound: .notFound
        case .instanceNameTaken, .instanceStatusConflict, .keysNotDestroyed, .rootKeyNotAuthorized,
            .operatorAlreadyRegistered, .identityAlreadyRegistered, .wouldLockOut:
            .conflict
        case .statementNotAccepted, .secondKeyOwnerMissing: .forbidden
        case .bodyTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .invalidName, .certificateMalformed, .privateKeySubmitted, .certificateNotAccepted,
            .idempotencyKeyReused, .wrappedKeyNotAccepted, .rootKeyLengthNotAccepted:
            .unprocessableContent
        case .recordCorrupted, .serviceNotAuthorized, .internal: .internalServerError
        case .workerOutdated: .notImplemented
        case .busy, .noHealthyWorker, .brokerUnavailable, .storeUnavailable, .hsmUnavailable, .shuttingDown:
            .serviceUnavailable
        case .deadlinePassed: .gatewayTimeout
        }
    }

    /// Whether the same request may succeed a moment later.
    var isTransient: Bool {
        status == .serviceUnavailable || status == .gatewayTimeout
    }

    var title: String {
        switch self {
        case .unknownRoute: "There is no such route."
        case .methodNotAllowed: "The route does not have this method."
        case .malformedRequest: "The body is not the JSON object that this route takes."
        case .invalidParameter: "A parameter of the query, or a field of the header, is out of its range."
        case .unsupportedMediaType: "The body must be application/json."
        case .bodyTooLarge: "The body is larger than this service takes."
        case .operatorCertificateMissing: "No operator certificate was presented."
        case .operatorNotAuthorized: "This operator may not do that."
        case .instanceNotFound: "There is no such instance."
        case .certificateNotFound: "There is no such certificate."
        case .keyNotFound: "The instance has no such key."
        case .keyWrongState: "The key is not in a state that allows this."
        case .keyDestroyed: "The key is destroyed."
        case .invalidName: "The name breaks the rule for names."
        case .certificateMalformed: "This is not exactly one PEM certificate."
        case .privateKeySubmitted: "This is a private key, not a certificate."
        case .certificateNotAccepted: "The certificate can't be registered."
        case .certificateNameTaken: "The instance has a certificate of that name."
        case .certificateAlreadyRegistered: "The certificate is registered already."
        case .certificateNotPending: "No client was refused with such a certificate."
        case .certificateUnchanged: "The certificate is the one that is registered."
        case .previousCertificateInForce: "The certificate that was replaced last is still valid."
        case .rootKeyNotFound: "There is no such root key."
        case .rootKeyNameTaken: "There is a root key of that name."
        case .rootKeyNotActive: "The root key is not active."
        case .rotationRunning: "The root key is being rotated."
        case .rootKeyImportUnavailable: "Root keys can't be imported here."
        case .wrappedKeyNotAccepted: "The wrapped root key does not open."
        case .rootKeyLengthNotAccepted: "The root key does not have 32 bytes."
        case .rootKeyDeletionPending: "The root key's deletion is ordered already."
        case .rootKeyDeleted: "The root key is deleted, for good."
        case .rootKeyNotBeingDeleted: "The root key's deletion is not ordered."
        case .secondKeyOwnerMissing: "It takes the signatures of two different key owners."
        case .deletionReportMissing: "There is no report of a deletion."
        case .operationNotFound: "There is no such operation."
        case .instanceNameTaken: "There is an instance of that name."
        case .instanceStatusConflict: "The instance's status does not allow it."
        case .keysNotDestroyed: "The instance has keys that are not destroyed."
        case .rootKeyNotAuthorized: "The root key's owner has not authorized the instance."
        case .authorizationNotFound: "There is no such authorization."
        case .operatorNotFound: "There is no such operator in force."
        case .operatorAlreadyRegistered: "The operator is registered already."
        case .identityNotFound: "There is no such service identity in force."
        case .identityAlreadyRegistered: "The service identity is registered already."
        case .statementNotAccepted: "The signed statement is not accepted."
        case .wouldLockOut: "It would lock everyone out."
        case .conflict: "Others changed the same thing at the same time."
        case .preconditionFailed: "It is not any more as it was."
        case .idempotencyKeyReused: "Another request had this Idempotency-Key."
        case .requestInProgress: "The same request is under way."
        case .busy: "The service is busy."
        case .noHealthyWorker: "No healthy worker is heard."
        case .brokerUnavailable: "The message broker can't be reached."
        case .storeUnavailable: "The key store can't be used."
        case .hsmUnavailable: "The HSM can't be used."
        case .shuttingDown: "This admin front is shutting down."
        case .deadlinePassed: "No worker answered in time."
        case .workerOutdated: "The workers are older than this admin front."
        case .serviceNotAuthorized: "The workers do not accept this admin front."
        case .recordCorrupted: "A record of the key store fails its authentication."
        case .internal: "The request failed within the service."
        }
    }
}
