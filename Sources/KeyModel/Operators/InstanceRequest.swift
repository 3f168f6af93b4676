/// What operators ask of instances.
package enum InstanceRequest: OperatorRequest {
    /// Answered by `InstanceAnswer.list`.
    case list

    package var name: String {
        switch self {
        case .list: "instance.list"
        }
    }

    package var requiredRole: Operator.Role? {
        switch self {
        case .list: nil
        }
    }

    package var effect: OperatorRequestEffect {
        switch self {
        case .list: .none
        }
    }
}

package enum InstanceAnswer: Hashable, Sendable {
    case list([InstanceDescription])
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
