internal import AdminResources
internal import FoundationEssentials
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

/// `/v1/instances`.
struct InstanceRoutes: RouteGroup {
    let jobs: any OperatorJobs

    var routes: [Route] {
        [Route(.get, "/v1/instances", handle: list)]
    }

    @Sendable
    private func list(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let pagination = try Pagination(request)
        let answer = try await jobs.perform(.instance(.list), for: context)
        guard case .instance(.list(let instances)) = answer else { throw APIFailure(.internal) }
        return .json(pagination.page(of: instances.map(InstanceResource.init), name: \.name))
    }
}

extension InstanceResource {
    init(_ description: InstanceDescription) {
        let instance = description.instance
        self.init(
            name: instance.name,
            identifier: instance.identifier.text,
            status: instance.status.rawValue,
            partition: instance.partition.text,
            rootKey: instance.rootKey?.text,
            created: Date(instance.created),
            certificateCount: description.certificateCount,
            keyCounts: Dictionary(
                description.objectCounts.map { ($0.key.resourceText, $0.value) },
                uniquingKeysWith: +
            )
        )
    }
}

extension ObjectState {
    var resourceText: String {
        switch self {
        case .preActive: "pre-active"
        case .active: "active"
        case .deactivated: "deactivated"
        case .compromised: "compromised"
        case .destroyed: "destroyed"
        case .destroyedCompromised: "destroyed-compromised"
        }
    }
}
