internal import AdminResources
internal import Cryptography
internal import FoundationEssentials
internal import Hummingbird
internal import JobDispatch
internal import KeyModel
internal import NIOCore

/// `/v1/instances/{name}/certificates`: the client certificates of one instance.
struct CertificateRoutes: RouteGroup {
    let jobs: any OperatorJobs
    let maximumBodyByteCount: Int

    var routes: [Route] {
        [
            Route(.get, "/v1/instances/{name}/certificates", handle: list),
            Route(.post, "/v1/instances/{name}/certificates", handle: add),
            Route(.get, "/v1/instances/{name}/certificates/{certificate}", handle: show),
            Route(.delete, "/v1/instances/{name}/certificates/{certificate}", handle: remove),
            Route(.get, "/v1/instances/{name}/certificates/{certificate}/pem", handle: download),
            Route(.post, "/v1/instances/{name}/certificates/{certificate}/replace", handle: replace),
        ]
    }

    @Sendable
    private func list(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let pagination = try Pagination(request)
        let instance = try context.instanceName
        let certificates = try await jobs.certificates(of: instance, for: context)
        return .json(try pagination.page(of: certificates.map { try CertificateResource($0) }, name: \.name))
    }

    @Sendable
    private func add(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let instance = try context.instanceName
        let new = try await request.decodeJSON(NewCertificate.self, upTo: maximumBodyByteCount)
        guard ResourceName.isValid(new.name) else {
            throw APIFailure(.invalidName, "A name is \(ResourceName.rule).")
        }
        let certificate = try SubmittedCertificate(pem: new.pem)
        let refusal = CertificateRefusal(
            instance: instance,
            name: new.name,
            fingerprint: certificate.fingerprint,
            likelyReason: certificate.likelyReason(at: Date())
        )
        return try await jobs.register(
            .add(instance: instance, name: new.name, der: certificate.der),
            refusedAs: refusal,
            for: context
        )
    }

    @Sendable
    private func show(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let shown = try await shown(context)
        return .json(try CertificateResource(shown), tag: shown.certificate.tag)
    }

    @Sendable
    private func download(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let certificate: Certificate
        do {
            certificate = try Certificate(der: try await shown(context).certificate.der)
        } catch is CryptographyError {
            throw APIFailure(.recordCorrupted)
        }
        return Response(
            status: .ok,
            // RFC 8555, 9.1
            headers: [.contentType: "application/pem-certificate-chain"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: certificate.pem))
        )
    }

    @Sendable
    private func replace(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let instance = try context.instanceName
        let name = try certificateName(context, of: instance)
        let new = try await request.decodeJSON(CertificateReplacement.self, upTo: maximumBodyByteCount)
        let overlap = new.overlapSeconds ?? ClientCertificateReplacement.usualOverlap
        guard (0...CertificateReplacement.longestOverlap).contains(overlap) else {
            throw APIFailure(
                .malformedRequest,
                "overlapSeconds must be a number from 0 to \(CertificateReplacement.longestOverlap), which is 90 days."
            )
        }
        let certificate = try SubmittedCertificate(pem: new.pem)
        let refusal = CertificateRefusal(
            instance: instance,
            name: name,
            fingerprint: certificate.fingerprint,
            likelyReason: certificate.likelyReason(at: Date()),
            isReplacement: true
        )
        let answer = try await jobs.perform(
            .certificate(.replace(instance: instance, name: name, der: certificate.der, overlapSeconds: overlap)),
            for: context
        ) { code in
            if code == .itemNotFound { return .noCertificate(name, of: instance) }
            return await refusal.explain(code, asking: jobs, for: context)
        }
        guard case .certificate(.replaced(let replacement)) = answer else { throw APIFailure(.internal) }
        let previous = try replacement.previous.map { (previous) throws(APIFailure) in
            try CertificateResource(previous)
        }
        return .json(
            ReplacedCertificate(certificate: try CertificateResource(replacement.certificate), previous: previous),
            tag: replacement.certificate.tag
        )
    }

    @Sendable
    private func remove(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let instance = try context.instanceName
        let name = try certificateName(context, of: instance)
        let answer = try await jobs.perform(
            .certificate(.remove(instance: instance, name: name)),
            for: context,
            missing: .noCertificate(name, of: instance)
        )
        guard case .certificate(.removed(let fingerprint)) = answer else { throw APIFailure(.internal) }
        return .json(RemovedCertificate(name: name, fingerprint: fingerprint.description))
    }

    /// The certificate that the path names. What can't be a name is no certificate's.
    private func certificateName(_ context: AdminRequestContext, of instance: String) throws(APIFailure) -> String {
        let name = context.parameters.get("certificate") ?? ""
        guard ResourceName.isValid(name) else {
            throw APIFailure(
                .certificateNotFound,
                "There is no instance '\(instance)', or it has no certificate of the name given."
            )
        }
        return name
    }

    private func shown(_ context: AdminRequestContext) async throws(APIFailure) -> ClientCertificateDescription {
        let instance = try context.instanceName
        let name = try certificateName(context, of: instance)
        let answer = try await jobs.perform(
            .certificate(.show(instance: instance, name: name)),
            for: context,
            missing: .noCertificate(name, of: instance)
        )
        guard case .certificate(.shown(let description)) = answer else { throw APIFailure(.internal) }
        return description
    }
}

extension APIFailure {
    static func noInstance(_ name: String) -> APIFailure {
        APIFailure(.instanceNotFound, "There is no instance '\(name)'.")
    }

    fileprivate static func noCertificate(_ name: String, of instance: String) -> APIFailure {
        APIFailure(
            .certificateNotFound,
            "There is no instance '\(instance)', or it has no certificate '\(name)'."
        )
    }
}

extension CertificateResource {
    /// - Throws: `recordCorrupted` where the stored bytes are no certificate.
    init(_ registered: ClientCertificate) throws(APIFailure) {
        try self.init(ClientCertificateDescription(certificate: registered, lastSeen: nil))
    }

    /// - Throws: `recordCorrupted` where the stored bytes are no certificate.
    init(_ description: ClientCertificateDescription) throws(APIFailure) {
        let registered = description.certificate
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
            added: Date(registered.added),
            validUntil: registered.validUntil.map { Date($0) },
            lastSeen: description.lastSeen.map { Date($0) }
        )
    }
}
