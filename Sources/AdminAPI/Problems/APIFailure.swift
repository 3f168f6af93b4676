internal import AdminResources
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Why a request fails, as its client is told. The detail goes to operators: it names what they named, and no path, no
/// key and nothing of a submitted body.
struct APIFailure: Error, Hashable {
    let code: ProblemCode
    let detail: String?
    /// The methods that the path has, for `method-not-allowed`.
    let allowedMethods: [HTTPRequest.Method]

    init(_ code: ProblemCode, _ detail: String? = nil, allowedMethods: [HTTPRequest.Method] = []) {
        self.code = code
        self.detail = detail
        self.allowedMethods = allowedMethods
    }

    /// An error of the libraries below, or one of ours, as a failure. It has a label, for the compiler would take it for errors of
    /// a worker as well.
    init(caught error: any Error) {
        switch error {
        case let failure as APIFailure: self = failure
        case is NIOTooManyBytesError: self.init(.bodyTooLarge)
        case let error as HTTPError where error.status == .notFound: self.init(.unknownRoute)
        default: self.init(.internal)
        }
    }

    func response(requestID: String) -> Response {
        let problem = Problem(
            code: code,
            title: code.title,
            status: code.status.code,
            detail: detail,
            requestId: requestID
        )
        var response = Response.json(problem, status: code.status, mediaType: Problem.mediaType)
        if !allowedMethods.isEmpty {
            // RFC 9110, 15.5.6: a 405 names the methods that are supported.
            response.headers[.allow] = allowedMethods.map(\.rawValue).sorted().joined(separator: ", ")
        }
        if code.isTransient {
            response.headers[.retryAfter] = "1"
        }
        return response
    }
}
