internal import AdminResources
internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

/// `/v1/instances/{name}`: one instance, from its making to its end.
struct InstanceLifeRoutes: RouteGroup {
    let jobs: any OperatorJobs
    let maximumBodyByteCount: Int

    var routes: [Route] {
        [
            Route(.post, "/v1/instances", handle: create),
            Route(.get, "/v1/instances/{name}", handle: show),
            Route(.delete, "/v1/instances/{name}", handle: remove),
            Route(.post, "/v1/instances/{name}/activate", handle: activate),
            Route(.post, "/v1/instances/{name}/deactivate", handle: deactivate),
        ]
    }

    @Sendable
    private func create(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let new = try await request.decodeJSON(NewInstance.self, upTo: maximumBodyByteCount)
        if let name = new.name, !ResourceName.isValid(name) {
            throw APIFailure(.invalidName, "A name is \(ResourceName.rule).")
        }
        let answer = try await jobs.perform(.instance(.create(name: new.name)), for: context) { code in
            guard code == .alreadyExists else { return nil }
            return APIFailure(
                .instanceNameTaken,
                new.name.map { "There is an instance '\($0)'. Take another name." }
                    ?? "All names of the kind kmip-xx are taken. Give a name."
            )
        }
        guard case .instance(.changed(let created)) = answer else { throw APIFailure(.internal) }
        var response = Response.json(InstanceResource(created), status: .created, tag: created.instance.tag)
        response.headers[.location] = "/v1/instances/\(created.instance.name)"
        return response
    }

    @Sendable
    private func show(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let name = try context.instanceName
        let details = try await details(of: name, context)
        let gateways = await jobs.fleetStatus().gatewayEndpoints
        return .json(try InstanceDetailsResource(details, gateways: gateways), tag: details.description.instance.tag)
    }

    @Sendable
    private func activate(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let name = try context.instanceName
        let rootKey = try await request.decodeJSON(InstanceActivation.self, upTo: maximumBodyByteCount).rootKey
        let wanted = OperatorJob.Request.instance(.activate(name: name, rootKey: rootKey))
        let answer = try await jobs.perform(wanted, for: context) { code in
            await self.explain(code, activating: name, with: rootKey, context)
        }
        guard case .instance(.changed(let description)) = answer else { throw APIFailure(.internal) }
        return .json(InstanceResource(description), tag: description.instance.tag)
    }

    @Sendable
    private func deactivate(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let name = try context.instanceName
        let answer = try await jobs.perform(.instance(.deactivate(name: name)), for: context) { code in
            switch code {
            case .itemNotFound: .noInstance(name)
            case .wrongInstanceStatus:
                APIFailure(.instanceStatusConflict, "Only an instance that is installed can be deactivated.")
            default: nil
            }
        }
        guard case .instance(.changed(let description)) = answer else { throw APIFailure(.internal) }
        return .json(InstanceResource(description), tag: description.instance.tag)
    }

    @Sendable
    private func remove(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let name = try context.instanceName
        let repeated = request.uri.queryParameters["force"].map(String.init)
        guard repeated == nil || repeated == name else {
            throw APIFailure(.invalidParameter, "'force' must repeat the instance's name, '\(name)'.")
        }
        let wanted = OperatorJob.Request.instance(.remove(name: name, repeatedName: repeated))
        let answer = try await jobs.perform(wanted, for: context) { code in
            await self.explain(code, removing: name, context)
        }
        guard case .instance(.removed(let instance, let remaining)) = answer else { throw APIFailure(.internal) }
        let resource = RemovedInstance(
            name: instance.name,
            identifier: instance.identifier.text,
            remainingKeys: remaining
        )
        return .json(resource, status: resource.isGone ? .ok : .accepted)
    }

    private func details(of name: String, _ context: AdminRequestContext) async throws(APIFailure) -> InstanceDetails {
        let answer = try await jobs.perform(
            .instance(.show(name: name)),
            for: context,
            missing: .noInstance(name)
        )
        guard case .instance(.shown(let details)) = answer else { throw APIFailure(.internal) }
        return details
    }
}

/// A worker's refusals in the words that help.
extension InstanceLifeRoutes {
    private func explain(
        _ code: OperationFailure.Code,
        activating name: String,
        with rootKey: String,
        _ context: AdminRequestContext
    ) async -> APIFailure? {
        switch code {
        case .itemNotFound:
            let hasInstance = (try? await details(of: name, context)) != nil
            return hasInstance
                ? APIFailure(.rootKeyNotFound, "No root key, or more than one, is called '\(rootKey)' here.")
                : .noInstance(name)
        case .rootKeyNotAuthorized:
            return APIFailure(
                .rootKeyNotAuthorized,
                "An owner of root key '\(rootKey)' (an operator with the role key-owner) must first allow instance"
                    + " '\(name)' to use it, in both roles: keyferry authorization grant --root-key \(rootKey)"
                    + " --instance \(name)"
            )
        case .wrongLifecycleState:
            return APIFailure(
                .rootKeyNotActive,
                "Root key '\(rootKey)' is suspended or being deleted. Its owner can resume it, or choose another."
            )
        case .keysNotDestroyed:
            return APIFailure(
                .keysNotDestroyed,
                "Instance '\(name)' has keys under another root key. Activate it with that one."
            )
        case .wrongInstanceStatus:
            return APIFailure(
                .instanceStatusConflict,
                "Only an inactive instance can be activated. One that is installed is deactivated first."
            )
        default: return nil
        }
    }

    private func explain(
        _ code: OperationFailure.Code,
        removing name: String,
        _ context: AdminRequestContext
    ) async -> APIFailure? {
        switch code {
        case .itemNotFound: return .noInstance(name)
        case .wrongInstanceStatus:
            return APIFailure(.instanceStatusConflict, "Instance '\(name)' is being removed already.")
        case .keysNotDestroyed:
            let counts = try? await details(of: name, context).description.objectCounts
            let alive = counts?.filter { !$0.key.isDestroyed }.values.reduce(0, +)
            let many = alive.map { $0 == 1 ? "1 key" : "\($0) keys" } ?? "keys"
            return APIFailure(
                .keysNotDestroyed,
                "Instance '\(name)' has \(many) not destroyed. What is encrypted under them can't be read again once they"
                    + " are. Destroy them first, or repeat the name to have them destroyed with it."
            )
        default: return nil
        }
    }
}

extension InstanceDetailsResource {
    /// - Throws: `recordCorrupted`.
    init(_ details: InstanceDetails, gateways: [GatewayEndpointResource]) throws(APIFailure) {
        var certificates: [CertificateResource] = []
        for certificate in details.certificates.sorted(by: { $0.name < $1.name }) {
            certificates.append(try CertificateResource(certificate))
        }
        self.init(
            instance: InstanceResource(details.description),
            rootKey: (details.rootKeyName, details.rootKeyVersion),
            whyNotServing: details.obstacle.map { Self.sentence($0, details) },
            certificates: certificates,
            lastUse: details.lastUse.map { Date($0) },
            gateways: gateways
        )
    }

    private static func sentence(_ obstacle: ServiceObstacle, _ details: InstanceDetails) -> String {
        let name = details.description.instance.name
        let rootKey = details.rootKeyName ?? details.description.instance.rootKey?.text ?? "ROOT-KEY"
        switch obstacle {
        case .notActivated:
            return
                "It is not activated: a KMIP manager does that with 'keyferry instance activate \(name) --root-key \(rootKey)'."
        case .beingRemoved: return "It is being removed: its keys are being destroyed, and none is served."
        case .rootKeyMissing: return "Its root key is not there any more."
        case .rootKeySuspended: return "Root key '\(rootKey)' is suspended: its owner must resume it."
        case .rootKeyDeleting: return "Root key '\(rootKey)' is being deleted: its owner may still restore it."
        case .rootKeyWithoutVersion: return "Root key '\(rootKey)' has no version to wrap keys under."
        case .notAuthorized:
            return "The owner of root key '\(rootKey)' does not allow it, in both roles: 'keyferry authorization grant"
                + " --root-key \(rootKey) --instance \(name)'."
        }
    }
}

extension FleetStatus {
    /// Of the gateways that are heard and say what they show, in order of name.
    fileprivate var gatewayEndpoints: [GatewayEndpointResource] {
        fronts.filter { $0.role == .gateway && $0.isHeard }.sorted { $0.name < $1.name }.compactMap { gateway in
            gateway.serverCertificate.map {
                GatewayEndpointResource(gateway: gateway.name, address: gateway.endpoint?.address, certificate: $0)
            }
        }
    }
}
