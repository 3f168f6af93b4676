internal import AdminResources
internal import Cryptography
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
            Route(.post, "/v1/root-keys/{rootKey}/delete", handle: delete),
            Route(.post, "/v1/root-keys/{rootKey}/restore") { try await answer(.restore(try Self.name($1)), $1) },
            Route(.get, "/v1/root-keys/{rootKey}/deletion-report", handle: deletionReport),
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
        let answer = try await jobs.perform(.rootKey(.create(name: new.name)), for: context) { code in
            guard code == .alreadyExists else { return nil }
            return APIFailure(.rootKeyNameTaken, "Take another name than '\(new.name)'.")
        }
        guard case .rootKey(.rootKey(let made)) = answer else { throw APIFailure(.internal) }
        var response = Response.json(RootKeyDetails(made), status: .created, tag: made.tag)
        response.headers[.location] = "/v1/root-keys/\(made.rootKey.identifier)"
        return response
    }

    @Sendable
    private func rotate(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let name = try Self.name(context)
        do throws(APIFailure) {
            let answer = try await jobs.perform(.rootKey(.rotate(name)), for: context, missing: .noRootKey(name))
            guard case .rootKey(.rotation(let operation)) = answer else { throw APIFailure(.internal) }
            return .accepted(operation)
        } catch {
            guard error.code == .rotationRunning,
                case .rootKey(.rootKey(let found))? = try? await jobs.perform(.rootKey(.show(name)), for: context),
                let rotation = found.rotation
            else { throw error }
            throw APIFailure(.rotationRunning, "Operation \(rotation) is at it: wait for it to end.")
        }
    }

    /// Out of use at once; destroyed when the waiting time is over.
    @Sendable
    private func delete(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let name = try Self.name(context)
        let order = try await request.decodeJSON(RootKeyDeletionOrder.self, upTo: maximumBodyByteCount)
        guard order.signed.count == RootKeyDeletionOrder.signatureCount else {
            throw APIFailure(
                .malformedRequest,
                "The field 'signed' has \(RootKeyDeletionOrder.signatureCount) statements, one by each key owner."
            )
        }
        var signed: [SignedStatement] = []
        for statement in order.signed { signed.append(try SignedStatement(statement)) }
        let answer = try await jobs.perform(.rootKey(.delete(name, signed: signed)), for: context) { code in
            switch code {
            case .itemNotFound: .noRootKey(name)
            case .statementNotAccepted: .statementNotAccepted
            case .secondKeyOwnerMissing: .secondKeyOwnerMissing
            default: nil
            }
        }
        guard case .rootKey(.rootKey(let description)) = answer else { throw APIFailure(.internal) }
        return .json(RootKeyDetails(description), status: .accepted, tag: description.tag)
    }

    @Sendable
    private func deletionReport(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let name = try Self.name(context)
        var bytes: [UInt8] = []
        while true {
            let request = RootKeyRequest.deletionReport(name, offset: bytes.count)
            let answer = try await jobs.perform(.rootKey(request), for: context, missing: .noRootKey(name))
            guard case .rootKey(.deletionReport(let part)) = answer, !part.bytes.isEmpty else {
                throw APIFailure(.internal)
            }
            bytes += part.bytes
            guard bytes.count >= part.totalByteCount else { continue }
            let certificate = try Certificate(der: part.certificate)
            return .json(
                SignedStatementResource(
                    statement: String(decoding: bytes, as: UTF8.self),
                    signature: part.signature,
                    certificatePem: certificate.pem
                )
            )
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
    /// Something goes on in the background: says where to look how far it has come.
    static func accepted(_ operation: BackgroundOperation) -> Response {
        var response = Response.json(OperationResource(operation), status: .accepted)
        response.headers[.location] = "/v1/operations/\(operation.identifier)"
        return response
    }
}

extension APIFailure {
    fileprivate static let secondKeyOwnerMissing = APIFailure(
        .secondKeyOwnerMissing,
        "One signs beforehand (keyferry root-key sign-deletion), the other asks. Two certificates of one name are one owner."
    )

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
            rotation: description.rotation?.text,
            deletion: description.deletion.map { RootKeyDeletionResource($0) }
        )
    }
}

extension RootKeyDeletionResource {
    init(_ description: RootKeyDeletion.Description) {
        self.init(
            operation: description.operation.text,
            due: Date(description.due),
            isWaitingForTicketKey: description.isWaitingForTicketKey
        )
    }
}
