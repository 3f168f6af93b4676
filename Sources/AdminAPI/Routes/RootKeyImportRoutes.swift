internal import AdminResources
internal import Cryptography
internal import FoundationEssentials
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

/// `/v1/root-key-import-token`, `/v1/root-key-imports` and `/v1/root-keys/{rootKey}/import-version`: root keys that their
/// owners made themselves.
struct RootKeyImportRoutes: RouteGroup {
    let jobs: any OperatorJobs
    let maximumBodyByteCount: Int

    var routes: [Route] {
        [
            Route(.get, "/v1/root-key-import-token", handle: token),
            Route(.post, "/v1/root-key-imports", handle: importKey),
            Route(.post, "/v1/root-keys/{rootKey}/import-version", handle: importVersion),
        ]
    }

    @Sendable
    private func token(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let answer = try await jobs.perform(.rootKey(.importToken), for: context) { Self.explain($0) }
        guard case .rootKey(.importToken(let signed)) = answer else { throw APIFailure(.internal) }
        guard let certificate = try? Certificate(der: signed.certificate) else { throw APIFailure(.internal) }
        return .json(
            SignedStatementResource(
                statement: String(decoding: signed.statement, as: UTF8.self),
                signature: signed.signature,
                certificatePem: certificate.pem
            )
        )
    }

    @Sendable
    private func importKey(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let new = try await request.decodeJSON(RootKeyToImport.self, upTo: maximumBodyByteCount)
        guard ResourceName.isValid(new.name) else {
            throw APIFailure(.invalidName, "A name is \(ResourceName.rule).")
        }
        let wrapped = try Self.wrappedKey(new.wrappedKey)
        let signed = try SignedStatement(new.signed)
        let answer = try await jobs.perform(
            .rootKey(.importKey(name: new.name, wrapped: wrapped, signed: signed)),
            for: context
        ) { code in
            code == .alreadyExists
                ? APIFailure(.rootKeyNameTaken, "Take another name than '\(new.name)'.") : Self.explain(code)
        }
        guard case .rootKey(.rootKey(let made)) = answer else { throw APIFailure(.internal) }
        var response = Response.json(RootKeyDetails(made), status: .created, tag: made.tag)
        response.headers[.location] = "/v1/root-keys/\(made.rootKey.identifier)"
        return response
    }

    @Sendable
    private func importVersion(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        let name = try RootKeyRoutes.name(context)
        let new = try await request.decodeJSON(RootKeyVersionToImport.self, upTo: maximumBodyByteCount)
        let wrapped = try Self.wrappedKey(new.wrappedKey)
        let signed = try SignedStatement(new.signed)
        let answer = try await jobs.perform(
            .rootKey(.importVersion(name, wrapped: wrapped, signed: signed)),
            for: context
        ) { code in
            code == .itemNotFound ? .noRootKey(name) : Self.explain(code)
        }
        guard case .rootKey(.rotation(let operation)) = answer else { throw APIFailure(.internal) }
        return .accepted(operation)
    }

    /// - Throws: `malformedRequest` where it is longer than the contract allows: four characters of base64 are three bytes.
    private static func wrappedKey(_ bytes: Data) throws(APIFailure) -> [UInt8] {
        guard bytes.count <= ResourceLimits.wrappedKey / 4 * 3 else {
            throw APIFailure(
                .malformedRequest,
                "The field 'wrappedKey' has at most \(ResourceLimits.wrappedKey) characters."
            )
        }
        return [UInt8](bytes)
    }

    private static func explain(_ code: OperationFailure.Code) -> APIFailure? {
        switch code {
        case .statementNotAccepted: .statementNotAccepted
        case .rootKeyImportUnavailable:
            APIFailure(
                .rootKeyImportUnavailable,
                "The workers' setting hsm.rootKeyImportKey is missing, or their token does not tell the length of a key that"
                    + " it unwrapped. The workers' log says which."
            )
        case .wrappedKeyNotAccepted:
            APIFailure(
                .wrappedKeyNotAccepted,
                "It must be 32 random bytes, wrapped by RSA-OAEP with SHA-1 under the public key of this import token."
            )
        case .rootKeyLengthNotAccepted:
            APIFailure(
                .rootKeyLengthNotAccepted,
                "A root key is an AES key of 256 bits: 32 bytes, nothing before or after."
            )
        default: nil
        }
    }
}
