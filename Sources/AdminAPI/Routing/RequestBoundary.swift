internal import AdminResources
internal import HTTPTypes
internal import Hummingbird
internal import KeyModel
internal import Logging
internal import NIOHTTP1

/// What every request passes on its way in and out: the operator is identified, a failure becomes problem details, and
/// one line goes to the log.
struct RequestBoundary: RouterMiddleware {
    let routes: [Route]
    private let metrics = AdminMetrics()

    init(routes: [Route]) {
        self.routes = routes
    }

    func handle(
        _ request: Request,
        context: AdminRequestContext,
        next: (Request, AdminRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        var response: Response
        var outcome: Logger.Metadata = [:]
        do {
            context.operator = try await ConnectionIdentity.peer(of: context.channel)
            context.apply(try RequestConditions(request))
            response = try await next(request, context)
        } catch let error as HTTPParserError {
            // The connection's handler answers it, and closes.
            throw error
        } catch {
            let failure = explain(APIFailure(caught: error), of: request)
            response = failure.response(requestID: context.requestID)
            outcome["problem"] = "\(failure.code.rawValue)"
            if failure.code == .internal {
                // The type alone: a library's error may quote what it was given.
                outcome["cause"] = "\(type(of: error))"
            }
        }
        response.headers[.cacheControl] = "no-store"
        response.headers[.xContentTypeOptions] = "nosniff"
        if let requestID = HTTPField.Name("X-Request-Id") {
            response.headers[requestID] = context.requestID
        }
        outcome["status"] = "\(response.status.code)"
        let elapsed = ContinuousClock.now - start
        outcome["milliseconds"] = "\(elapsed.milliseconds)"
        metrics.answered(request.method, response.status, after: elapsed)
        log(request, context, outcome: outcome, isFault: response.status.kind == .serverError)
        return response
    }

    /// The router says "not found" also where only the method is wrong.
    private func explain(_ failure: APIFailure, of request: Request) -> APIFailure {
        guard failure.code == .unknownRoute else { return failure }
        let allowed = routes.filter { $0.matches(path: request.uri.path) }.map(\.method)
        return allowed.isEmpty ? failure : APIFailure(.methodNotAllowed, allowedMethods: allowed)
    }

    /// The path as sent is percent-encoded, if its sender plays by the rules.
    private static func printable(_ path: Substring) -> String {
        String(path.map { $0.asciiValue.map { (0x21...0x7E).contains($0) } == true ? $0 : "?" })
    }

    private func log(
        _ request: Request,
        _ context: AdminRequestContext,
        outcome: Logger.Metadata,
        isFault: Bool
    ) {
        var metadata: Logger.Metadata = [
            "request": "\(context.requestID)",
            "method": "\(request.method.rawValue.prefix(16))",
            "path": "\(Self.printable(request.uri.path.prefix(256)))",
            "address": "\(context.clientAddress)",
        ]
        if let fingerprint = context.operator {
            metadata["operator"] = "\(fingerprint)"
        }
        metadata.merge(outcome) { _, new in new }
        context.logger.log(level: isFault ? .warning : .info, "request", metadata: metadata)
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
