internal import AdminResources
internal import FoundationEssentials
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

/// `/v1/instances/{name}/keys`: the keys of one instance, whatever its status.
struct KeyRoutes: RouteGroup {
    let jobs: any OperatorJobs
    let maximumBodyByteCount: Int
    /// For an order to revoke keys: all that it may name fit in.
    let maximumOrderByteCount: Int

    var routes: [Route] {
        [
            Route(.get, "/v1/instances/{name}/keys", handle: list),
            Route(.get, "/v1/instances/{name}/keys/{key}", handle: show),
            Route(.get, "/v1/instances/{name}/keys/{key}/history", handle: history),
            Route(.post, "/v1/instances/{name}/keys/{key}/revoke", handle: revoke),
            Route(.post, "/v1/instances/{name}/key-revocations", handle: revokeAll),
            Route(.post, "/v1/instances/{name}/keys/{key}/restore", handle: restore),
            Route(.post, "/v1/instances/{name}/keys/{key}/destroy", handle: destroy),
        ]
    }

    @Sendable
    private func list(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let instance = try context.instanceName
        let search = try KeySearch(request)
        guard case .list(let part) = try await perform(.list(instance: instance, search), context) else {
            throw APIFailure(.internal)
        }
        return .json(
            Page(
                items: part.keys.map { KeyResource($0, instance: instance) },
                nextCursor: part.next.map(KeyCursor.text)
            )
        )
    }

    @Sendable
    private func show(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let (instance, key) = try target(context)
        guard case .key(let entry) = try await perform(.show(instance: instance, key: key), context) else {
            throw APIFailure(.internal)
        }
        guard case .key(let description) = entry else { return .json(KeyResource(entry, instance: instance)) }
        return .json(KeyResource(entry, instance: instance), tag: description.tag)
    }

    @Sendable
    private func history(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let (instance, key) = try target(context)
        let pagination = try Pagination(request)
        let part = KeyHistoryPart(
            limit: pagination.limit,
            after: try pagination.after.map { (text) throws(APIFailure) in try KeyCursor.event(text) }
        )
        let answer = try await perform(.history(instance: instance, key: key, part), context)
        guard case .history(let history) = answer else { throw APIFailure(.internal) }
        return .json(
            KeyHistoryPage(
                items: history.events.map(KeyEventResource.init),
                nextCursor: history.next.map(KeyCursor.text),
                corruptedCount: history.corruptedCount
            )
        )
    }

    @Sendable
    private func revoke(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let (instance, key) = try target(context)
        let revocation = try await request.decodeJSON(KeyRevocation.self, upTo: maximumBodyByteCount)
        let reason = try RevocationReason(revocation.reason, message: revocation.message)
        return try await change(
            .revoke(instance: instance, key: key, reason),
            context,
            whereWrong: "Only an active key can be revoked; one that is not destroyed, as compromised."
        )
    }

    @Sendable
    private func revokeAll(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let instance = try context.instanceName
        let order = try await request.decodeJSON(RevocationOrderResource.self, upTo: maximumOrderByteCount)
        let reason = try RevocationReason(order.reason, message: order.message)
        let areIdentifiers = order.keys.allSatisfy { key in
            (1...KeyParameters.longestIdentifier).contains(key.utf8.count)
                && key.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        }
        guard (1...RevocationOrder.mostKeys).contains(order.keys.count), areIdentifiers else {
            throw APIFailure(
                .malformedRequest,
                "The field 'keys' has 1 to \(RevocationOrder.mostKeys) identifiers of at most "
                    + "\(KeyParameters.longestIdentifier) visible ASCII characters."
            )
        }
        let answer = try await perform(
            .revokeAll(
                instance: instance,
                keys: order.keys.map { UniqueIdentifier($0) },
                reason,
                notRetrievedSince: try KeySearch.moment(order.notRetrievedSince?[...], "notRetrievedSince")
            ),
            context
        )
        guard case .revocation(let operation) = answer else { throw APIFailure(.internal) }
        return .accepted(operation)
    }

    @Sendable
    private func restore(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let (instance, key) = try target(context)
        return try await change(
            .restore(instance: instance, key: key),
            context,
            whereWrong: "Only a deactivated key can be restored; what was compromised or destroyed stays so."
        )
    }

    @Sendable
    private func destroy(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let (instance, key) = try target(context)
        return try await change(
            .destroy(instance: instance, key: key),
            context,
            whereWrong: "The key is active: revoke it first."
        )
    }

    /// - Parameter explanation: what it means that the key's state does not allow the change.
    private func change(
        _ request: KeyRequest,
        _ context: AdminRequestContext,
        whereWrong explanation: String
    ) async throws(APIFailure) -> Response {
        let answer: KeyAnswer
        do throws(APIFailure) {
            answer = try await perform(request, context)
        } catch {
            switch error.code {
            case .keyWrongState: throw APIFailure(.keyWrongState, explanation)
            case .keyDestroyed: throw APIFailure(.keyDestroyed, "Its material is gone for good.")
            default: throw error
            }
        }
        guard case .changed(let description) = answer else { throw APIFailure(.internal) }
        return .json(
            KeyResource(.key(description), instance: context.parameters.get("name") ?? ""),
            tag: description.tag
        )
    }

    private func perform(_ request: KeyRequest, _ context: AdminRequestContext) async throws(APIFailure) -> KeyAnswer {
        let name = context.parameters.get("name") ?? ""
        let missing = APIFailure(.instanceNotFound, "There is no instance '\(name)'.")
        let answer = try await jobs.perform(.key(request), for: context, missing: missing)
        guard case .key(let content) = answer else { throw APIFailure(.internal) }
        return content
    }

    /// The instance and the key that the path names. What can't be an identifier is nobody's.
    private func target(_ context: AdminRequestContext) throws(APIFailure) -> (String, UniqueIdentifier) {
        let instance = try context.instanceName
        let key = context.parameters.get("key") ?? ""
        guard (1...KeyParameters.longestIdentifier).contains(key.utf8.count) else { throw APIFailure(.keyNotFound) }
        return (instance, UniqueIdentifier(key))
    }
}

extension RevocationReason {
    fileprivate init(_ reason: String, message: String?) throws(APIFailure) {
        let all = KeyRevocationReason.allCases
        guard let place = all.firstIndex(where: { $0.rawValue == reason }) else {
            let names = all.map(\.rawValue).joined(separator: ", ")
            throw APIFailure(.malformedRequest, "The field 'reason' is one of \(names).")
        }
        guard message?.unicodeScalars.count ?? 0 <= Self.longestOperatorsMessage else {
            throw APIFailure(
                .malformedRequest,
                "The field 'message' has at most \(Self.longestOperatorsMessage) characters."
            )
        }
        self.init(code: Code(rawValue: UInt32(place + 1)), message: message)
    }
}
