internal import AdminResources
internal import FoundationEssentials
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

/// `/v1/root-keys`.
struct RootKeyRoutes: RouteGroup {
    let jobs: any OperatorJobs
    let maximumBodyByteCount: Int

    var routes: [Route] {
        [
            Route(.get, "/v1/root-keys", handle: list),
            Route(.post, "/v1/root-keys", handle: create),
            Route(.get, "/v1/root-keys/{rootKey}") { try await answer(.show(try Self.name($1)), $1) },
            Route(.post, "/v1/root-keys/{rootKey}/rotate", handle: rotate),
            Route(.post, "/v1/root-keys/{rootKey}/suspend") { try await answer(.suspend(try Self.name($1)), $1) },
            Route(.post, "/v1/root-keys/{rootKey}/resume") { try await answer(.resume(try Self.name($1)), $1) },
        ]
    }

    @Sendable
    private func list(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let pagination = try Pagination(request)
        return .json(pagination.page(of: try await all(context).map(RootKeyDetails.init), name: \.name))
    }

    @Sendable
    private func create(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let new = try await request.decodeJSON(NewRootKey.self, upTo: maximumBodyByteCount)
        guard ResourceName.isValid(new.name) else {
            throw APIFailure(.invalidName, "A name is \(ResourceName.rule).")
        }
        do throws(APIFailure) {
            let answer = try await jobs.perform(.rootKey(.create(name: new.name)), for: context)
            guard case .rootKey(.rootKey(let made)) = answer else { throw APIFailure(.internal) }
            var response = Response.json(RootKeyDetails(made), status: .created, tag: made.tag)
            response.headers[.location] = "/v1/root-keys/\(made.rootKey.identifier)"
            return response
        } catch {
            // A worker says "conflict" of a name that is taken, too.
            guard error.code == .conflict, let present = try? await all(context),
                present.contains(where: { $0.rootKey.name == new.name || $0.rootKey.identifier.text == new.name })
            else { throw error }
            throw APIFailure(.rootKeyNameTaken, "Take another name than '\(new.name)'.")
        }
    }

    @Sendable
    private func rotate(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let name = try Self.name(context)
        do throws(APIFailure) {
            let answer = try await jobs.perform(.rootKey(.rotate(name)), for: context, missing: .noRootKey(name))
            guard case .rootKey(.rotation(let operation)) = answer else { throw APIFailure(.internal) }
            return .rotation(operation)
        } catch {
            guard error.code == .rotationRunning,
                case .rootKey(.rootKey(let found))? = try? await jobs.perform(.rootKey(.show(name)), for: context),
                let rotation = found.rotation
            else { throw error }
            throw APIFailure(.rotationRunning, "Operation \(rotation) is at it: wait for it to end.")
        }
    }

    private func answer(_ request: RootKeyRequest, _ context: AdminRequestContext) async throws -> Response {
        let missing = APIFailure.noRootKey(context.parameters.get("rootKey") ?? "")
        let answer = try await jobs.perform(.rootKey(request), for: context, missing: missing)
        guard case .rootKey(.rootKey(let description)) = answer else { throw APIFailure(.internal) }
        return .json(RootKeyDetails(description), tag: description.tag)
    }

    private func all(_ context: AdminRequestContext) async throws(APIFailure) -> [RootKeyDescription] {
        guard case .rootKey(.list(let all)) = try await jobs.perform(.rootKey(.list), for: context) else {
            throw APIFailure(.internal)
        }
        return all
    }

    /// The root key that the path names. What can't be a name is nobody's name, nor an identifier.
    static func name(_ context: AdminRequestContext) throws(APIFailure) -> String {
        let name = context.parameters.get("rootKey") ?? ""
        guard ResourceName.isValid(name) else { throw APIFailure(.rootKeyNotFound) }
        return name
    }
}

extension Response {
    /// Keys are moved in the background: says where to look how far that has come.
    static func rotation(_ operation: BackgroundOperation) -> Response {
        var response = Response.json(OperationResource(operation), status: .accepted)
        response.headers[.location] = "/v1/operations/\(operation.identifier)"
        return response
    }
}

extension APIFailure {
    static func noRootKey(_ name: String) -> APIFailure {
        APIFailure(.rootKeyNotFound, "There is no root key '\(name)'.")
    }
}

extension RootKeyDetails {
    init(_ description: RootKeyDescription) {
        let rootKey = description.rootKey
        self.init(
            identifier: rootKey.identifier.text,
            name: rootKey.name,
            partition: rootKey.partition.text,
            status: rootKey.status.rawValue,
            created: Date(rootKey.created),
            versions: description.versions.map { version in
                RootKeyVersionResource(
                    version: version.version,
                    status: version.status.rawValue,
                    created: Date(version.created),
                    neededBy: version.objectCounts,
                    keptUntil: version.keptUntil.map { Date($0) }
                )
            },
            instances: description.instances,
            rotation: description.rotation?.text
        )
    }
}
