internal import AdminResources
internal import JobDispatch
internal import KeyModel

extension APIFailure {
    /// - Parameter missing: what `itemNotFound` means for the request.
    init(_ error: DispatchError, missing: @autoclosure () -> APIFailure = APIFailure(.internal)) {
        switch error.code {
        case .busy: self.init(.busy, "Try again in a moment.")
        case .noHealthyWorker:
            self.init(.noHealthyWorker, "See the status, and the log of the workers, for the reason.")
        case .brokerUnavailable: self.init(.brokerUnavailable, "See the log of the admin front for the reason.")
        case .noQueue:
            self.init(.brokerUnavailable, "The partition's queue does not exist: no worker of it has ever started.")
        case .deadlinePassed:
            self.init(.deadlinePassed, "A change may have been made all the same: look before you try again.")
        case .inProgress:
            self.init(
                .requestInProgress,
                "A request with the same Idempotency-Key is under way. Try again in a moment."
            )
        case .notAccepted:
            self.init(.serviceNotAuthorized, "Its identity may have been revoked or expired.")
        case .shuttingDown: self.init(.shuttingDown)
        case .replyNotBelieved, .internalFailure: self.init(.internal)
        case .refused:
            guard let failure = error.failure else {
                self.init(.internal)
                return
            }
            self =
                switch failure.code {
                case .itemNotFound: missing()
                case .conflict: .changedByOthers
                default: APIFailure(ProblemCode(failure.code))
                }
        }
    }

    private static let changedByOthers = APIFailure(
        .conflict,
        "It is being changed by others, again and again, and nothing was done. Try again in a moment."
    )
}

extension ProblemCode {
    /// What an operator is told of a worker's refusal. What only operations of clients fail with can't come of
    /// operators' jobs; and the routes that make something have words of their own for what is there already.
    fileprivate init(_ code: OperationFailure.Code) {
        self =
            switch code {
            case .operatorNotAuthorized: .operatorNotAuthorized
            case .senderNotAuthorized: .serviceNotAuthorized
            case .conflict: .conflict
            case .certificateInvalid: .certificateNotAccepted
            case .certificateNotPending: .certificateNotPending
            case .certificateUnchanged: .certificateUnchanged
            case .previousCertificateInForce: .previousCertificateInForce
            case .invalidField: .invalidName
            case .hsmUnavailable: .hsmUnavailable
            case .storeUnavailable: .storeUnavailable
            case .recordCorrupted: .recordCorrupted
            case .deadlinePassed: .deadlinePassed
            case .jobNotUnderstood: .workerOutdated
            case .rootKeyNotAuthorized: .rootKeyNotAuthorized
            case .keysNotDestroyed: .keysNotDestroyed
            case .statementNotAccepted: .statementNotAccepted
            case .wrongInstanceStatus: .instanceStatusConflict
            case .wouldLockOut: .wouldLockOut
            case .rotationRunning: .rotationRunning
            case .rootKeyNotActive: .rootKeyNotActive
            case .rootKeyImportUnavailable: .rootKeyImportUnavailable
            case .wrappedKeyNotAccepted: .wrappedKeyNotAccepted
            case .rootKeyLengthNotAccepted: .rootKeyLengthNotAccepted
            case .rootKeyDeletionPending: .rootKeyDeletionPending
            case .rootKeyDeleted: .rootKeyDeleted
            case .rootKeyNotBeingDeleted: .rootKeyNotBeingDeleted
            case .secondKeyOwnerMissing: .secondKeyOwnerMissing
            case .deletionReportMissing: .deletionReportMissing
            case .preconditionFailed: .preconditionFailed
            case .messageReused: .idempotencyKeyReused
            case .keyNotFound: .keyNotFound
            case .wrongLifecycleState: .keyWrongState
            case .objectDestroyed: .keyDestroyed
            case .itemNotFound, .notRegistered, .instanceNotInService, .missingAttribute, .attributeNotSupported,
                .attributeReadOnly, .attributeNotFound,
                .attributeHasOneInstance, .nameNotUnique, .objectTypeNotSupported, .algorithmNotSupported,
                .noIdentifier, .notAttempted, .materialInvalid, .attemptsExhausted, .alreadyExists, .replyTooLarge,
                .tooMuchWork, .searchTooWide:
                .internal
            }
    }
}
