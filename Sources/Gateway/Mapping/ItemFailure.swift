import KMIP
import KeyModel

/// Why an item fails, as the client is told: KMIP's reason, and a sentence that helps and gives nothing away.
struct ItemFailure: Error, Hashable {
    let reason: ResultReason
    let message: String

    init(_ reason: ResultReason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}

extension ItemFailure {
    /// The reason by operation, after the tables of KMIP 1.4, chapter 11.
    init(_ failure: OperationFailure, of operation: KMIP.Operation) {
        let attribute = failure.attribute.map { " (\($0.text))" } ?? ""
        switch failure.code {
        case .itemNotFound: self.init(.itemNotFound, "no object with this Unique Identifier")
        case .noIdentifier: self.init(.itemNotFound, "no Unique Identifier is given, and no ID Placeholder is set")
        case .objectDestroyed:
            self.init(operation == .get ? .itemNotFound : .permissionDenied, "the object is destroyed")
        case .wrongLifecycleState: self.init(.permissionDenied, "the object's State does not allow this operation")
        case .instanceNotInService:
            self.init(.permissionDenied, "this key provider's instance is not in service; ask its operator")
        case .missingAttribute: self.init(.invalidField, "a required attribute is missing\(attribute)")
        case .invalidField: self.init(.invalidField, "a value is not valid here\(attribute)")
        case .attributeNotSupported:
            self.init(
                operation == .addAttribute ? .permissionDenied : .invalidField,
                "the attribute is not supported\(attribute)"
            )
        case .attributeReadOnly: self.init(.permissionDenied, "a client may not set this attribute now\(attribute)")
        case .attributeNotFound: self.init(.itemNotFound, "the object has no such attribute instance\(attribute)")
        case .attributeHasOneInstance:
            self.init(.illegalOperation, "the attribute exists and can't have another instance\(attribute)")
        case .nameNotUnique:
            self.init(
                operation == .create || operation == .register ? .invalidField : .illegalOperation,
                "another object has this Name"
            )
        case .objectTypeNotSupported: self.init(.invalidField, "objects of this type are not kept here")
        case .algorithmNotSupported: self.init(.invalidField, "the algorithm is not supported\(attribute)")
        case .materialInvalid: self.init(.cryptographicFailure, "the key material does not fit its description")
        case .conflict: self.init(.generalFailure, "the object is being changed by others; try again")
        case .hsmUnavailable, .storeUnavailable, .deadlinePassed, .attemptsExhausted, .notAttempted:
            self.init(.generalFailure, "the server can't do this at the moment; try again")
        case .recordCorrupted:
            self.init(.generalFailure, "the object's record can't be trusted; ask the server's operator")
        case .replyTooLarge: self.init(.responseTooLarge, "the answer would be too large; ask for less at once")
        case .tooMuchWork: self.init(.generalFailure, "the request takes too long; send it in parts")
        case .searchTooWide:
            self.init(.generalFailure, "the search covers too many objects; ask for a Name or another attribute")
        case .notRegistered, .messageReused, .senderNotAuthorized, .jobNotUnderstood, .operatorNotAuthorized,
            .alreadyExists, .certificateInvalid, .certificateNotPending, .certificateUnchanged,
            .previousCertificateInForce, .keyNotFound, .preconditionFailed,
            .rotationRunning, .rootKeyNotActive, .rootKeyNotAuthorized, .keysNotDestroyed, .statementNotAccepted,
            .wrongInstanceStatus, .wouldLockOut, .rootKeyImportUnavailable, .wrappedKeyNotAccepted,
            .rootKeyLengthNotAccepted,
            .rootKeyDeletionPending, .rootKeyDeleted, .rootKeyNotBeingDeleted,
            .secondKeyOwnerMissing, .deletionReportMissing:
            self.init(.generalFailure, "the server refused the request")
        }
    }
}
