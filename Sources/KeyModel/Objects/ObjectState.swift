/// The state of a cryptographic object (KMIP 1.4, 3.22), with the numbers of the State enumeration (9.1.3.2.18).
package enum ObjectState: UInt32, Hashable, Sendable, CaseIterable {
    case preActive = 1
    case active = 2
    case deactivated = 3
    case compromised = 4
    case destroyed = 5
    case destroyedCompromised = 6

    /// Whether the material is gone for good.
    package var isDestroyed: Bool {
        self == .destroyed || self == .destroyedCompromised
    }
}
