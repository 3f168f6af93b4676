internal import AdminResources
internal import FoundationEssentials
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

/// `/v1/instances/{name}/removal-steps`: the order in which an instance is removed without loss, and how far that has come.
struct RemovalStepRoutes: RouteGroup {
    let jobs: any OperatorJobs
    let maximumBodyByteCount: Int

    var routes: [Route] {
        [
            Route(.get, "/v1/instances/{name}/removal-steps") { _, context in
                try await answer(.removalSteps(name: try context.instanceName), context)
            },
            Route(.post, "/v1/instances/{name}/check-removal-step", handle: check),
        ]
    }

    @Sendable
    private func check(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let name = try context.instanceName
        let wanted = try await request.decodeJSON(RemovalStepCheck.self, upTo: maximumBodyByteCount)
        guard let step = RemovalStep(rawValue: wanted.step) else {
            let steps = RemovalStep.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIFailure(.malformedRequest, "The field 'step' is one of \(steps).")
        }
        return try await answer(.checkRemovalStep(name: name, step, isChecked: wanted.isChecked), context)
    }

    private func answer(_ request: InstanceRequest, _ context: AdminRequestContext) async throws -> Response {
        let missing = APIFailure.noInstance(try context.instanceName)
        let answer = try await jobs.perform(.instance(request), for: context, missing: missing)
        guard case .instance(.removalSteps(let progress)) = answer else { throw APIFailure(.internal) }
        return .json(RemovalStepsResource(progress), tag: progress.description.instance.tag)
    }
}

extension RemovalStepsResource {
    init(_ progress: RemovalProgress) {
        let checks = Dictionary(progress.checks.map { ($0.step, $0) }, uniquingKeysWith: { $1 })
        let description = progress.description
        self.init(
            instance: description.instance.name,
            steps: RemovalStep.allCases.map { step in
                Step(
                    step: step.rawValue,
                    checked: checks[step].map {
                        Check(at: Date($0.time), by: $0.operatorName, byFingerprint: $0.operator.description)
                    }
                )
            },
            status: description.instance.status.rawValue,
            keysNotDestroyed: description.objectCounts.filter { !$0.key.isDestroyed }.values.reduce(0, +),
            certificateCount: description.certificateCount,
            lastUse: progress.lastUse.map { Date($0) },
            rootKey: (progress.rootKeyName, progress.otherInstances)
        )
    }
}
