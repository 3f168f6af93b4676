package import AdminResources
internal import NIOHTTP1

/// One instance, from its making to its end.
extension AdminRESTClient {
    package func instance(_ name: String) async throws(AdminClientError) -> InstanceDetailsResource {
        try await send(HTTPSRequest(.GET, "/v1/instances/\(segment(name))"))
    }

    /// - Parameter name: nil for one that the server gives.
    package func createInstance(_ name: String?) async throws(AdminClientError) -> InstanceResource {
        try await send(.POST, "/v1/instances", NewInstance(name: name))
    }

    /// - Parameter rootKey: its identifier, or its name where no other root key has it.
    package func activateInstance(
        _ name: String,
        with rootKey: String
    ) async throws(AdminClientError) -> InstanceResource {
        try await send(.POST, "/v1/instances/\(segment(name))/activate", InstanceActivation(rootKey: rootKey))
    }

    package func deactivateInstance(_ name: String) async throws(AdminClientError) -> InstanceResource {
        try await send(HTTPSRequest(.POST, "/v1/instances/\(segment(name))/deactivate"))
    }

    /// - Parameter repeatedName: the name once more, to have keys that are left destroyed.
    package func removeInstance(
        _ name: String,
        repeatedName: String?
    ) async throws(AdminClientError) -> RemovedInstance {
        let query = repeatedName.map { "?force=\(segment($0))" } ?? ""
        return try await send(HTTPSRequest(.DELETE, "/v1/instances/\(segment(name))\(query)"))
    }

    package func removalSteps(of name: String) async throws(AdminClientError) -> RemovalStepsResource {
        try await send(HTTPSRequest(.GET, "/v1/instances/\(segment(name))/removal-steps"))
    }

    package func checkRemovalStep(
        _ check: RemovalStepCheck,
        of name: String
    ) async throws(AdminClientError) -> RemovalStepsResource {
        try await send(.POST, "/v1/instances/\(segment(name))/check-removal-step", check)
    }
}
