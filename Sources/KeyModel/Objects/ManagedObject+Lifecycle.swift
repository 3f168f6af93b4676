/// State transitions (KMIP 1.4, 3.22, figure 1). Each either happens as a whole or throws and changes nothing.
extension ManagedObject {
    /// Applies the transitions that dates bring about by themselves: activation and deactivation.
    package mutating func settle(at now: Timestamp) {
        if state == .preActive, let activation = dates.activation, activation <= now {
            state = .active
        }
        if state == .active, let deactivation = dates.deactivation, deactivation <= now {
            state = .deactivated
        }
    }

    /// Activate (4.19): from Pre-Active only.
    package mutating func activate(at now: Timestamp) throws(OperationFailure) {
        settle(at: now)
        try requireNotDestroyed()
        guard state == .preActive else { throw OperationFailure(.wrongLifecycleState) }
        state = .active
        dates.activation = now
        dates.lastChange = now
    }

    /// Revoke (4.20). A compromise is recorded in any state, destroyed ones included; every other reason deactivates an
    /// Active object.
    ///
    /// - Parameter occurrence: when the compromise happened; the server's now where the client does not say.
    package mutating func revoke(
        _ reason: RevocationReason,
        occurrence: Timestamp?,
        at now: Timestamp
    ) throws(OperationFailure) {
        settle(at: now)
        if reason.code.meansCompromise {
            state = state.isDestroyed ? .destroyedCompromised : .compromised
            dates.compromiseOccurrence = occurrence ?? now
            dates.compromise = now
        } else {
            try requireNotDestroyed()
            guard state == .active else { throw OperationFailure(.wrongLifecycleState) }
            state = .deactivated
            dates.deactivation = now
        }
        revocationReason = reason
        dates.lastChange = now
    }

    /// Destroy (4.21): removes the material and keeps the record. An Active object must be revoked first.
    package mutating func destroy(at now: Timestamp) throws(OperationFailure) {
        settle(at: now)
        try requireNotDestroyed()
        guard state != .active else { throw OperationFailure(.wrongLifecycleState) }
        state = state == .compromised ? .destroyedCompromised : .destroyed
        material = nil
        dates.destroy = now
        dates.lastChange = now
    }

    /// Takes a Deactivated object back into service. KMIP has no such step: it is an operator's act. What said that and
    /// why it was out of service goes; a compromise stays for good.
    package mutating func restore(at now: Timestamp) throws(OperationFailure) {
        settle(at: now)
        try requireNotDestroyed()
        guard state == .deactivated else { throw OperationFailure(.wrongLifecycleState) }
        state = .active
        dates.deactivation = nil
        revocationReason = nil
        dates.lastChange = now
    }

    /// Throws unless the object still has its material.
    package func requireNotDestroyed() throws(OperationFailure) {
        guard !state.isDestroyed else { throw OperationFailure(.objectDestroyed) }
    }
}
