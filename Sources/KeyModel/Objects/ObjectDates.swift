/// The dates of a managed object (KMIP 1.4, 3.23 to 3.30, 3.38).
package struct ObjectDates: Hashable, Sendable {
    /// When the server made or took in the object (3.23).
    package var initial: Timestamp?
    /// From when on the object is Active (3.24).
    package var activation: Timestamp?
    /// From when on it may process data: decrypt (3.25).
    package var processStart: Timestamp?
    /// Until when it may protect data: encrypt (3.26).
    package var protectStop: Timestamp?
    /// From when on it is Deactivated (3.27).
    package var deactivation: Timestamp?
    package var destroy: Timestamp?
    /// When the compromise is thought to have happened (3.29).
    package var compromiseOccurrence: Timestamp?
    /// When the object was declared compromised (3.30).
    package var compromise: Timestamp?
    /// When the object or an attribute last changed (3.38).
    package var lastChange: Timestamp?

    package init() {}

    /// The field behind a date that clients may set; nil for every other attribute.
    static func clientField(for name: AttributeName) -> WritableKeyPath<ObjectDates, Timestamp?>? {
        switch name {
        case .activationDate: \.activation
        case .processStartDate: \.processStart
        case .protectStopDate: \.protectStop
        case .deactivationDate: \.deactivation
        default: nil
        }
    }
}
