internal import AdminResources
internal import FoundationEssentials
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

/// `/v1/operations`: long work that goes on in the background.
struct OperationRoutes: RouteGroup {
    let jobs: any OperatorJobs

    var routes: [Route] {
        [
            Route(.get, "/v1/operations", handle: list),
            Route(.get, "/v1/operations/{operation}", handle: show),
        ]
    }

    @Sendable
    private func list(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let pagination = try Pagination(request)
        guard case .operation(.list(let operations)) = try await jobs.perform(.operation(.list), for: context) else {
            throw APIFailure(.internal)
        }
        return .json(pagination.page(of: operations.map(OperationResource.init), name: \.newestFirst))
    }

    @Sendable
    private func show(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let identifier = context.parameters.get("operation") ?? ""
        guard ResourceName.isValid(identifier) else { throw APIFailure(.operationNotFound) }
        let answer = try await jobs.perform(
            .operation(.show(OperationIdentifier(identifier))),
            for: context,
            missing: APIFailure(.operationNotFound, "There is no operation '\(identifier)'.")
        )
        guard case .operation(.operation(let operation)) = answer else { throw APIFailure(.internal) }
        return .json(OperationResource(operation))
    }
}

extension OperationResource {
    init(_ operation: BackgroundOperation) {
        let state: State =
            switch operation.state {
            case .running: .running
            case .done: .done
            case .failed: .failed
            case .stopped: .stopped
            }
        self.init(
            identifier: operation.identifier.text,
            kind: operation.kind.rawValue,
            subject: Subject(
                identifier: operation.subject,
                name: operation.subjectName,
                targetVersion: operation.targetVersion
            ),
            progress: Progress(
                state: state,
                done: operation.done,
                failed: operation.failed,
                total: operation.total
            ),
            started: Date(operation.started),
            finished: operation.finished.map { Date($0) },
            report: operation.finished.map { _ in
                operation.report.sorted { $0.key < $1.key }.map { VersionCount(version: $0.key, keyCount: $0.value) }
            }
        )
    }

    /// Pages are in the order of this text: the newest operation comes first.
    fileprivate var newestFirst: String {
        let seconds = min(max(Int64(started.timeIntervalSince1970), 0), 999_999_999_999)
        return String("\(1_999_999_999_999 - seconds)".dropFirst()) + identifier
    }
}
