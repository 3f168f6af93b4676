/// One thing that happened, for the record. It holds no key material and nothing that opens any.
package struct AuditEvent: Hashable, Sendable {
    /// What happened; the names are part of the product's contract with whoever reads the trail.
    package enum Action: String, Hashable, Sendable, CaseIterable {
        case keyCreate = "kmip-key.create"
        case keyRegister = "kmip-key.register"
        case keyRead = "kmip-key.read"
        case keyActivate = "kmip-key.activate"
        case keyRevoke = "kmip-key.revoke"
        case keyDestroy = "kmip-key.destroy"
        case keyRestore = "kmip-key.restore"
        case keyLocate = "kmip-key.locate"
        case attributesRetrieve = "kmip-key-attributes.retrieve"
        case attributesChange = "kmip-key-attributes.change"
        /// An operator's order to revoke many; each that is revoked is on the record. `object` is the operation, as of the one
        /// after it.
        case keyRevokeOrder = "kmip-key.revoke-order"
        case keyRevokeEnd = "kmip-key.revoke-end"
        case certificateAdd = "client-certificate.add"
        case certificateRemove = "client-certificate.remove"
        case certificateReplace = "client-certificate.replace"
        case instanceCreate = "instance.create"
        case instanceActivate = "instance.activate"
        case instanceDeactivate = "instance.deactivate"
        /// An operator's order; what it destroys is on the record key by key.
        case instanceRemove = "instance.remove"
        /// The last of a removal that had keys to destroy.
        case instanceRemoved = "instance.removed"
        /// `object` is the step, as of the one after it.
        case removalStepCheck = "instance.removal-step-check"
        case removalStepUncheck = "instance.removal-step-uncheck"
        case authorizationGrant = "service-authorization.grant"
        case authorizationWithdraw = "service-authorization.withdraw"
        case operatorAdd = "operator.add"
        case operatorRevoke = "operator.revoke"
        case identityAdd = "service-identity.add"
        case identityRevoke = "service-identity.revoke"
        case operatorRead = "operator.read"
        case installation = "installation.init"
        /// `object` is the backup's identifier, as of the two after it.
        case backup = "installation.backup"
        case restore = "installation.restore"
        /// A key owner has agreed to a restore of an older backup than the token's anchor.
        case restoreApprove = "installation.restore-approve"
        case credentialRenew = "credential.renew"
        case ticketKeyRotate = "ticket-key.rotate"
        case ticketKeyDestroy = "ticket-key.destroy"
        case jobAbandoned = "job.abandoned"
        case rootKeyCreate = "root-key.create"
        case rootKeyRotate = "root-key.rotate"
        case rootKeyImport = "root-key.import"
        /// A rotation to a version that its owner brought.
        case rootKeyImportVersion = "root-key.import-version"
        case rootKeySuspend = "root-key.suspend"
        case rootKeyResume = "root-key.resume"
        /// Two key owners have ordered the deletion; the other one's agreement is a record of its own.
        case rootKeyDelete = "root-key.delete"
        case rootKeyDeleteApprove = "root-key.delete-approve"
        case rootKeyRestore = "root-key.restore"
        /// The waiting time is over: from here on it can't be restored.
        case rootKeyDeletionBegin = "root-key.deletion-begin"
        /// Its versions are destroyed in the token, and were looked for afterwards.
        case rootKeyDestroy = "root-key.destroy"
        /// A deletion has come to its end, with its report.
        case rootKeyDeletionEnd = "root-key.deletion-end"
        /// A key could not be moved under its root key's current version.
        case rootKeyRewrap = "root-key.rewrap"
        /// A rotation has come to its end.
        case rootKeyRotationEnd = "root-key.rotation-end"
        /// A retired version's time is over and no key is under it: nothing uses it from now on. `object` is the root key's
        /// identifier, a slash and the version's number, as of the one after it.
        case rootKeyVersionDestroy = "root-key-version.destroy"
        /// Its key is gone from the token.
        case rootKeyVersionDestroyed = "root-key-version.destroyed"
    }

    package let action: Action
    /// Who: `CertificateID-<fingerprint>`, or `Operator-<fingerprint>`, or the name of a service.
    package let initiator: String
    /// The client's network address as the gateway saw it; empty where there is none.
    package let address: String
    package let instance: InstanceIdentifier?
    /// A managed object; of operators' changes, what was acted upon: the identifier of a root key, the fingerprint of an
    /// operator's or a service's certificate.
    package let object: UniqueIdentifier?
    /// Nil for success.
    package let failure: OperationFailure.Code?
    /// The request's identifier, which gateway, worker and audit share.
    package let requestID: String
    /// Whether this repeats an answer that was given before: a job delivered twice.
    package let isRepeat: Bool
    package let time: Timestamp

    package init(
        action: Action,
        initiator: String,
        address: String,
        instance: InstanceIdentifier?,
        object: UniqueIdentifier?,
        failure: OperationFailure.Code?,
        requestID: String,
        isRepeat: Bool,
        time: Timestamp
    ) {
        self.action = action
        self.initiator = initiator
        self.address = address
        self.instance = instance
        self.object = object
        self.failure = failure
        self.requestID = requestID
        self.isRepeat = isRepeat
        self.time = time
    }
}
