import KeyModel
import KeyStorage

/// Keys that a worker has taken upon itself to move, and has not moved yet. If it dies, others do.
struct Rewrapping {
    let operation: OperationIdentifier
    var keys: [ManagedObject]
    /// How often the token has failed at the first of them.
    var failures = 0

    /// A key at which the token fails so often stays where it is.
    static let mostFailures = 3
}

/// What one step has come to.
struct RewrapStep: Sendable {
    /// There was nothing to do, or nothing can be done at the moment.
    let isAway: Bool
    /// Jobs that this worker has done since it started.
    let jobsDone: UInt64
}

/// What moving keys has come to so far, to be committed.
struct RewrappedKeys {
    /// Keys with the material that they are to have.
    var moved: [(object: ManagedObject, material: WrappedKeyMaterial)] = []
    /// Keys whose material does not open.
    var refused: [ManagedObject] = []
}
