/// The life of an instance, as a table.
///
/// ```
/// installing ─ complete ─> inactive ─ configure ─> configuring ─ serve ─> installed
///                             ^                        │                     │
///                             └────── deactivate ──────┴──── deactivate ─────┘
/// any of these ─ remove ─> removing, which only ends: with its last key the instance is gone
/// ```
///
/// A worker makes an instance, and activates one, in one transaction: `installing` and `configuring` are passed through
/// in it, and nobody else sees them. They are states all the same: whatever takes longer one day has its place, and an
/// instance that is found in one can be moved on.
extension Instance {
    package enum Step: String, Hashable, Sendable, CaseIterable {
        /// Everything that the instance needs is there.
        case complete
        /// A root key is chosen.
        case configure
        /// The root key is found fit: keys are served.
        case serve
        /// Keys stay as they are, and none is served.
        case deactivate
        /// For good. Keys that are left are destroyed.
        case remove
    }

    /// The status after a step.
    ///
    /// An installed instance is deactivated before it is configured again, so that nobody exchanges the root key of one
    /// that serves; one that is being removed stays removed, for keys of it may be gone already.
    ///
    /// - Throws: `wrongInstanceStatus`.
    package static func status(_ status: Status, after step: Step) throws(OperationFailure) -> Status {
        switch (status, step) {
        case (.installing, .complete): .inactive
        case (.inactive, .configure): .configuring
        case (.configuring, .serve): .installed
        case (.configuring, .deactivate), (.installed, .deactivate): .inactive
        case (.installing, .remove), (.inactive, .remove), (.configuring, .remove), (.installed, .remove): .removing
        default: throw OperationFailure(.wrongInstanceStatus)
        }
    }

    /// The instance after steps, in order.
    ///
    /// - Parameter rootKey: what the instance is to use from then on; nil: what it has.
    package func after(_ steps: Step..., rootKey: RootKeyIdentifier? = nil) throws(OperationFailure) -> Instance {
        var status = status
        for step in steps { status = try Self.status(status, after: step) }
        return Instance(
            identifier: identifier,
            name: name,
            status: status,
            partition: partition,
            rootKey: rootKey ?? self.rootKey,
            created: created
        )
    }

    /// A name that is nobody's: `kmip-` and two lower-case letters, each that is free as likely as the others.
    ///
    /// - Returns: nil where all 676 are taken: then a name must be given.
    package static func freeName(besides taken: Set<String>, using random: inout some RandomNumberGenerator) -> String?
    {
        let letters = (UInt8(ascii: "a")...UInt8(ascii: "z")).map { Character(UnicodeScalar($0)) }
        let names = letters.flatMap { first in letters.map { "kmip-\(first)\($0)" } }
        return names.filter { !taken.contains($0) }.randomElement(using: &random)
    }
}
