/// Why an operation on a managed object failed. It crosses the queue as a code; the words for people and the protocol's
/// Result Reason are made where the code arrives.
package struct OperationFailure: Error, Hashable, Sendable {
    package let code: Code
    /// The attribute at fault, where there is one.
    package let attribute: AttributeName?

    package init(_ code: Code, attribute: AttributeName? = nil) {
        self.code = code
        self.attribute = attribute
    }

    /// The numbers travel between processes of different versions: never give one a new meaning.
    package enum Code: Int, Hashable, Sendable, CaseIterable {
        /// No such object, or not one of the caller's instance: the two must not be told apart.
        case itemNotFound = 1
        /// The certificate is not registered, or no longer.
        case notRegistered = 2
        /// The instance is not `installed`, or its root key is suspended or not authorized.
        case instanceNotInService = 3
        case objectDestroyed = 4
        /// The operation is not defined for the object's state.
        case wrongLifecycleState = 5
        case missingAttribute = 6
        case invalidField = 7
        case attributeNotSupported = 8
        case attributeReadOnly = 9
        case attributeNotFound = 10
        case attributeHasOneInstance = 11
        case nameNotUnique = 12
        case objectTypeNotSupported = 13
        case algorithmNotSupported = 14
        /// No identifier was given and no earlier item of the batch left one (the ID placeholder).
        case noIdentifier = 15
        /// The batch stopped at an earlier item's failure.
        case notAttempted = 16
        /// The key material a client registers does not open, or is not what its Key Block says.
        case materialInvalid = 17
        /// The HSM can't be used at the moment. Try again.
        case hsmUnavailable = 18
        /// The store can't be used at the moment. Try again.
        case storeUnavailable = 19
        /// The record fails its authentication, or its key does not unwrap: someone or something altered it.
        case recordCorrupted = 20
        /// The same message identifier came before with another request.
        case messageReused = 21
        /// The job was tried as often as is allowed, and every attempt died.
        case attemptsExhausted = 22
        /// The sender's role may not send this job, or its identity is not in force.
        case senderNotAuthorized = 23
        /// The job's deadline had passed when a worker got to it.
        case deadlinePassed = 24
        /// The job is of a kind that this worker does not know: it is older than its sender.
        case jobNotUnderstood = 25
        case operatorNotAuthorized = 26
        /// What an operator wants to make is there already.
        case alreadyExists = 27
        case certificateInvalid = 28
        /// Two writers changed the same record at once, again and again. Try again.
        case conflict = 29

        /// The instance that an operator names has no such key.
        case keyNotFound = 30
        /// What was asked for would make an answer that no message holds. Nothing is wrong with it: ask for less at once.
        case replyTooLarge = 31
        /// The operations before it took so long that others would wait for this one: send fewer at once.
        case tooMuchWork = 32
        /// More objects would have to be looked at than one search may.
        case searchTooWide = 33
        /// The root key's owner has not authorized the instance with both roles.
        case rootKeyNotAuthorized = 35
        /// The instance has keys that are not destroyed.
        case keysNotDestroyed = 36
        /// What should be signed is not signed, or not as it must be, or was used before.
        case statementNotAccepted = 37
        /// The instance's status does not have this step.
        case wrongInstanceStatus = 38
        /// Afterwards nobody could undo it: the last key owner or KMIP manager, or the admin front that the request came by.
        case wouldLockOut = 39
        /// The root key is being rotated, and one rotation at a time is enough.
        case rotationRunning = 40
        /// The root key is suspended, or is to be deleted.
        case rootKeyNotActive = 41
        /// No client was refused with the certificate that an operator wants to admit, or that is too long ago.
        case certificateNotPending = 45
        /// A certificate is to be replaced with itself.
        case certificateUnchanged = 46
        /// The certificate that was replaced the last time is still valid beside the present one.
        case previousCertificateInForce = 47
        /// The root key's deletion is ordered already.
        case rootKeyDeletionPending = 60
        /// The root key is deleted, or its deletion has begun: nothing brings it back.
        case rootKeyDeleted = 61
        /// The root key's deletion is not ordered, so that it can't be restored.
        case rootKeyNotBeingDeleted = 62
        /// It takes the signatures of two different key owners.
        case secondKeyOwnerMissing = 63
        /// There is no report: the root key's deletion has not come to its end.
        case deletionReportMissing = 64

        /// What was to be changed is not any more as its requester saw it.
        case preconditionFailed = 50

        /// No root key can be imported here: the worker's configuration names no key to import with, or the token does not
        /// let the length of what arrives be known.
        case rootKeyImportUnavailable = 70
        /// A wrapped root key does not open: altered, or wrapped for another key.
        case wrappedKeyNotAccepted = 71
        /// A wrapped root key has not 32 bytes.
        case rootKeyLengthNotAccepted = 72
    }
}
