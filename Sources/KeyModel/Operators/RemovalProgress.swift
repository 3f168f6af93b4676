/// A step of the removal of an instance without loss. They are in the order in which they are to be done.
///
/// The server can't see into vCenter: that its part is done, an operator checks off. What the server sees by itself stands
/// beside it, and decides nothing.
package enum RemovalStep: String, Hashable, Sendable, CaseIterable {
    /// They are decrypted, or rekeyed to another key provider.
    case virtualMachines = "virtual-machines"
    /// Host encryption is off, or the hosts are rekeyed; so are vSAN clusters.
    case hosts
    /// It is removed from vCenter.
    case keyProvider = "key-provider"
    /// It is ended, and missed by nobody.
    case service
    /// They are destroyed, with the instance.
    case keys
    /// It is deleted, if no other instance uses it.
    case rootKey = "root-key"
}

/// That a step was checked off.
package struct RemovalCheck: Hashable, Sendable {
    package let step: RemovalStep
    package let `operator`: CertificateFingerprint
    /// Nil where it was not looked up, or there is no such operator any more.
    package let operatorName: String?
    package let time: Timestamp

    package init(step: RemovalStep, operator: CertificateFingerprint, operatorName: String?, time: Timestamp) {
        self.step = step
        self.operator = `operator`
        self.operatorName = operatorName
        self.time = time
    }

    /// The same with the operator's name.
    package func named(_ name: String?) -> RemovalCheck {
        RemovalCheck(step: step, operator: `operator`, operatorName: name, time: time)
    }
}

/// How far the removal of an instance has come.
package struct RemovalProgress: Hashable, Sendable {
    package let description: InstanceDescription
    package let checks: [RemovalCheck]
    /// As in `InstanceDetails`.
    package let lastUse: Timestamp?
    package let rootKeyName: String?
    /// The names of the other instances of its root key.
    package let otherInstances: [String]

    package init(
        description: InstanceDescription,
        checks: [RemovalCheck],
        lastUse: Timestamp?,
        rootKey: (name: String?, otherInstances: [String])
    ) {
        self.description = description
        self.checks = checks
        self.lastUse = lastUse
        rootKeyName = rootKey.name
        otherInstances = rootKey.otherInstances
    }
}
