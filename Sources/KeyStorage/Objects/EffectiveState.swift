internal import KeyModel

/// What selects a state in SQL, with what dates have brought about since an object was written
/// (`ManagedObject.settle(at:)`).
struct EffectiveState {
    /// Each `?` is the moment.
    let text: String
    /// Whether a date selects, and few are expected: the index of that date leads.
    let isDue: Bool

    /// One for each part of an index that has objects of the states. None has an object of another.
    static func conditions(_ states: Set<ObjectState>) -> [EffectiveState] {
        states.sorted { $0.rawValue < $1.rawValue }.flatMap(conditions)
    }

    private static func conditions(_ state: ObjectState) -> [EffectiveState] {
        let (preActive, active) = (
            "r.state = \(ObjectState.preActive.rawValue)", "r.state = \(ObjectState.active.rawValue)"
        )
        let goesOn = "(r.deactivation_date IS NULL OR r.deactivation_date > ?)"
        return switch state {
        case .preActive:
            [
                EffectiveState(
                    text: preActive + " AND (r.activation_date IS NULL OR r.activation_date > ?)",
                    isDue: false
                )
            ]
        case .active:
            [
                EffectiveState(text: "\(active) AND \(goesOn)", isDue: false),
                EffectiveState(text: "\(preActive) AND r.activation_date <= ? AND \(goesOn)", isDue: true),
            ]
        case .deactivated:
            [
                EffectiveState(text: "r.state = \(state.rawValue)", isDue: false),
                EffectiveState(text: "\(active) AND r.deactivation_date <= ?", isDue: true),
                EffectiveState(
                    text: "\(preActive) AND r.activation_date <= ? AND r.deactivation_date <= ?",
                    isDue: true
                ),
            ]
        case .compromised, .destroyed, .destroyedCompromised:
            [EffectiveState(text: "r.state = \(state.rawValue)", isDue: false)]
        }
    }

    func parameters(at now: Timestamp) -> [StoreValue] {
        Array(repeating: .time(now), count: text.count { $0 == "?" })
    }
}
