internal import AdminResources
internal import Cryptography
internal import FoundationEssentials
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

/// `/v1/instances/{name}/certificates`: the client certificates of one instance.
struct CertificateRoutes: RouteGroup {
    let jobs: any OperatorJobs
    let maximumBodyByteCount: Int

    var routes: [Route] {
        [
            Route(.get, "/v1/instances/{name}/certificates", handle: list),
            Route(.post, "/v1/instances/{name}/certificates", handle: add),
            Route(.delete, "/v1/instances/{name}/certificates/{certificate}", handle: remove),
        ]
    }

    @Sendable
    private func list(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let pagination = try Pagination(request)
        let instance = try instanceName(context)
        let certificates = try await certificates(of: instance, context)
        return .json(try pagination.page(of: certificates.map(CertificateResource.init), name: \.name))
    }

    @Sendable
    private func add(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let instance = try instanceName(context)
        let new = try await request.decodeJSON(NewCertificate.self, upTo: maximumBodyByteCount)
        guard ResourceName.isValid(new.name) else {
            throw APIFailure(.invalidName, "A name is \(ResourceName.rule).")
        }
        let certificate = try SubmittedCertificate(pem: new.pem)
        do throws(APIFailure) {
            let answer = try await jobs.perform(
                .certificate(.add(instance: instance, name: new.name, der: certificate.der)),
                for: context,
                missing: .noInstance(instance)
            )
            guard case .certificate(.added(let added)) = answer else { throw APIFailure(.internal) }
            var response = Response.json(try CertificateResource(added), status: .created)
            response.headers[.location] = "/v1/instances/\(instance)/certificates/\(added.name)"
            return response
        } catch {
            throw await explain(error, new: new, certificate: certificate, instance: instance, context)
        }
    }

    @Sendable
    private func remove(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let instance = try instanceName(context)
        let name = context.parameters.get("certificate") ?? ""
        let missing = APIFailure(
            .certificateNotFound,
            "There is no instance '\(instance)', or it has no certificate of the name given."
        )
        guard ResourceName.isValid(name) else { throw missing }
        let answer = try await jobs.perform(
            .certificate(.remove(instance: instance, name: name)),
            for: context,
            missing: missing
        )
        guard case .certificate(.removed(let fingerprint)) = answer else { throw APIFailure(.internal) }
        return .json(RemovedCertificate(name: name, fingerprint: fingerprint.description))
    }

    /// The instance that the path names. What can't be a name is nobody's name.
    private func instanceName(_ context: AdminRequestContext) throws(APIFailure) -> String {
        let name = context.parameters.get("name") ?? ""
        guard ResourceName.isValid(name) else { throw APIFailure(.instanceNotFound) }
        return name
    }

    private func certificates(
        of instance: String,
        _ context: AdminRequestContext
    ) async throws(APIFailure) -> [ClientCertificate] {
        let answer = try await jobs.perform(
            .certificate(.list(instance: instance)),
            for: context,
            missing: .noInstance(instance)
        )
        guard case .certificate(.list(let certificates)) = answer else { throw APIFailure(.internal) }
        return certificates
    }

    /// A worker's "exists already" and "not accepted", in the words that help.
    private func explain(
        _ failure: APIFailure,
        new: NewCertificate,
        certificate: SubmittedCertificate,
        instance: String,
        _ context: AdminRequestContext
    ) async -> APIFailure {
        if failure.code == .certificateNotAccepted {
            return APIFailure(failure.code, certificate.likelyReason(at: Date()))
        }
        guard failure.code == .conflict, let present = try? await certificates(of: instance, context) else {
            return failure
        }
        if let same = present.first(where: { $0.fingerprint.bytes == certificate.fingerprint }) {
            return APIFailure(
                .certificateAlreadyRegistered,
                "Instance '\(instance)' has this certificate under the name '\(same.name)'."
            )
        }
        if present.contains(where: { $0.name == new.name }) {
            return APIFailure(
                .certificateNameTaken,
                "Instance '\(instance)' has another certificate '\(new.name)'. Remove it first, or take another name."
            )
        }
        return APIFailure(
            .certificateAlreadyRegistered,
            "Another instance has this certificate. A certificate belongs to one instance only."
        )
    }
}

extension APIFailure {
    static func noInstance(_ name: String) -> APIFailure {
        APIFailure(.instanceNotFound, "There is no instance '\(name)'.")
    }
}

extension CertificateResource {
    /// - Throws: `recordCorrupted` where the stored bytes are no certificate.
    init(_ registered: ClientCertificate) throws(APIFailure) {
        let certificate: Certificate
        do {
            certificate = try Certificate(der: registered.der)
        } catch {
            throw APIFailure(.recordCorrupted)
        }
        self.init(
            name: registered.name,
            fingerprint: registered.fingerprint.description,
            subject: certificate.subject,
            issuer: certificate.issuer,
            serialNumber: Hexadecimal.encode(certificate.serialNumber),
            key: certificate.keyDescription,
            notBefore: Date(registered.notBefore),
            notAfter: Date(registered.notAfter),
            added: Date(registered.added)
        )
    }
}
