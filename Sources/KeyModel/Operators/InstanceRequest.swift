/// What operators ask of instances, which each request names.
package enum InstanceRequest: OperatorRequest {
    /// Answered by `InstanceAnswer.list`.
    case list
    /// Answered by `InstanceAnswer.shown`.
    case show(name: String)
    /// Makes an inactive instance. Without a name it gets one. Answered by `InstanceAnswer.changed`.
    case create(name: String?)
    /// Begins service with a root key, named as in `AuthorizationRequest`, whose owner has authorized the instance.
    /// Answered by `InstanceAnswer.changed`.
    case activate(name: String, rootKey: String)
    /// Ends service; keys stay. Answered by `InstanceAnswer.changed`.
    case deactivate(name: String)
    /// Removes an instance that has no keys but destroyed ones.
    ///
    /// - repeatedName: the name once more, to remove one with keys: they are destroyed.
    ///
    /// Answered by `InstanceAnswer.removed`.
    case remove(name: String, repeatedName: String?)
    /// Answered by `InstanceAnswer.removalSteps`.
    case removalSteps(name: String)
    /// Checks a step of the removal off, or not any more. Answered by `InstanceAnswer.removalSteps`.
    case checkRemovalStep(name: String, RemovalStep, isChecked: Bool)

    package var name: String {
        switch self {
        case .list: "instance.list"
        case .show: "instance.show"
        case .create: "instance.create"
        case .activate: "instance.activate"
        case .deactivate: "instance.deactivate"
        case .remove: "instance.remove"
        case .removalSteps: "instance.removal-steps"
        case .checkRemovalStep: "instance.check-removal-step"
        }
    }

    package var requiredRole: Operator.Role? {
        switch self {
        case .list, .show, .removalSteps: nil
        case .create, .activate, .deactivate, .remove, .checkRemovalStep: .kmipManager
        }
    }

    package var effect: OperatorRequestEffect {
        switch self {
        case .list, .show, .removalSteps: .none
        case .checkRemovalStep: .notes
        case .create, .activate, .deactivate, .remove: .authority
        }
    }
}

package enum InstanceAnswer: Hashable, Sendable {
    case list([InstanceDescription])
    case shown(InstanceDetails)
    case changed(InstanceDescription)
    /// - remainingKeys: how many keys are still to be destroyed; with none the instance is gone.
    case removed(Instance, remainingKeys: Int)
    case removalSteps(RemovalProgress)
}

/// An instance as operators see it.
package struct InstanceDescription: Hashable, Sendable {
    package let instance: Instance
    package let certificateCount: Int
    /// How many objects there are in each state; states without any are left out.
    package let objectCounts: [ObjectState: Int]

    package init(instance: Instance, certificateCount: Int, objectCounts: [ObjectState: Int]) {
        self.instance = instance
        self.certificateCount = certificateCount
        self.objectCounts = objectCounts
    }
}

/// All that is known of one instance.
package struct InstanceDetails: Hashable, Sendable {
    package let description: InstanceDescription
    package let rootKeyName: String?
    /// The version that new keys are wrapped under.
    package let rootKeyVersion: Int?
    /// Nil for an instance that serves.
    package let obstacle: ServiceObstacle?
    package let certificates: [ClientCertificate]
    /// When a client of it was last seen, or a key given out.
    package let lastUse: Timestamp?

    package init(
        description: InstanceDescription,
        rootKey: (name: String?, version: Int?),
        obstacle: ServiceObstacle?,
        certificates: [ClientCertificate],
        lastUse: Timestamp?
    ) {
        self.description = description
        self.rootKeyName = rootKey.name
        self.rootKeyVersion = rootKey.version
        self.obstacle = obstacle
        self.certificates = certificates
        self.lastUse = lastUse
    }
}
