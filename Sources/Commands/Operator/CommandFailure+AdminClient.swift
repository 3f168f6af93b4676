internal import AdminClient
internal import AdminResources

extension CommandFailure {
    /// What an operator can do about a failed request.
    init(_ error: AdminClientError) {
        switch error.code {
        case .problem(let problem): self.init(problem)
        case .cannotConnect:
            self.init(
                .unavailable,
                error.description,
                advice: "Is keyferry-admin running, and is 'server' in the settings its address?"
            )
        case .timedOut, .connectionLost:
            self.init(
                .unavailable,
                error.description,
                advice: "A change may have been made: look before you try again."
            )
        case .serverNotTrusted:
            self.init(
                .notPermitted,
                error.description,
                advice: "'serverAuthorityFile' must be the CA of its certificate, and 'server' a name in it."
            )
        case .operatorCertificateRefused:
            self.init(
                .notPermitted,
                error.description,
                advice: "It may have expired ('keyferry-setup renew'), or belong to another installation."
            )
        case .identityUnusable, .invalidURL: self.init(.configuration, error.description)
        case .tlsFailed: self.init(.unavailable, error.description)
        case .unexpectedAnswer:
            self.init(.notUnderstood, error.description, advice: "Is it a keyferry-admin of about this version?")
        }
    }

    private init(_ problem: Problem) {
        let title = printable(problem.title.hasSuffix(".") ? String(problem.title.dropLast()) : problem.title)
        let detail = problem.detail.map { ": " + printable($0) } ?? ""
        let message = "\(title)\(detail) (\(printable(problem.code)), request \(printable(problem.requestId)))"
        switch problem.status {
        case 401, 403:
            self.init(.notPermitted, message)
        case 502...504: self.init(.unavailable, message, advice: "'keyferry status' shows who is heard.")
        case 500...599: self.init(.notUnderstood, message, advice: "The logs have more under the request's identifier.")
        default: self.init(.refused, message)
        }
    }
}

/// Runs a request, and turns its error into what the operator is told.
func requesting<Value>(
    _ request: () async throws(AdminClientError) -> Value
) async throws(CommandFailure) -> Value {
    do {
        return try await request()
    } catch {
        throw CommandFailure(error)
    }
}

/// As `requesting`, for requests about an instance: where it does not exist, one with a similar name is suggested.
func requesting<Value>(
    about instance: String,
    of client: AdminRESTClient,
    _ request: () async throws(AdminClientError) -> Value
) async throws(CommandFailure) -> Value {
    do {
        return try await request()
    } catch {
        guard case .problem(let problem) = error.code,
            problem.knownCode == .instanceNotFound || problem.knownCode == .certificateNotFound,
            let instances = try? await client.instances(), !instances.contains(where: { $0.name == instance })
        else { throw CommandFailure(error) }
        let near = Suggestion.nearest(to: instance, among: instances.map(\.name))
        throw CommandFailure(
            .refused,
            "there is no instance '\(printable(instance))'" + (near.map { "; did you mean '\($0)'?" } ?? ""),
            advice: near == nil ? "'keyferry instance list' shows those there are." : nil
        )
    }
}
