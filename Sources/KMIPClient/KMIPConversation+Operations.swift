package import KMIP
internal import TTLV

/// One method for each operation; each throws `operationFailed` with the server's reason if it is refused.
extension KMIPConversation {
    /// Create (KMIP 1.4, 4.1) of a symmetric key.
    ///
    /// - Parameter length: in bits.
    package func create(
        _ algorithm: CryptographicAlgorithm,
        length: Int32,
        usage: CryptographicUsageMask,
        attributes: [Attribute] = []
    ) async throws(KMIPClientError) -> CreateResponse {
        let template = TemplateAttribute(
            [
                Attribute(.cryptographicAlgorithm, .enumeration(algorithm.rawValue)),
                Attribute(.cryptographicUsageMask, .integer(usage.rawValue)),
                Attribute(.cryptographicLength, .integer(length)),
            ] + attributes
        )
        let answer = try await perform(.create(CreateRequest(objectType: .symmetricKey, template: template)))
        guard case .create(let response) = answer else { throw unexpected(answer) }
        return response
    }

    /// Register (4.3). The attributes that the object needs are the caller's to give.
    package func register(
        _ object: ManagedObject,
        attributes: [Attribute]
    ) async throws(KMIPClientError) -> RegisterResponse {
        let request = RegisterRequest(template: TemplateAttribute(attributes), object: object)
        let answer = try await perform(.register(request))
        guard case .register(let response) = answer else { throw unexpected(answer) }
        return response
    }

    /// Locate (4.9).
    package func locate(
        _ attributes: [Attribute] = [],
        maximumItems: Int32? = nil
    ) async throws(KMIPClientError) -> LocateResponse {
        let answer = try await perform(.locate(LocateRequest(attributes: attributes, maximumItems: maximumItems)))
        guard case .locate(let response) = answer else { throw unexpected(answer) }
        return response
    }

    /// Get (4.11).
    package func get(
        _ identifier: String,
        format: KeyFormatType? = nil
    ) async throws(KMIPClientError) -> GetResponse {
        let answer = try await perform(.get(GetRequest(uniqueIdentifier: identifier, keyFormat: format)))
        guard case .get(let response) = answer else { throw unexpected(answer) }
        return response
    }

    /// Get Attributes (4.12).
    ///
    /// - Parameter names: empty for all.
    package func getAttributes(
        of identifier: String,
        _ names: [AttributeName] = []
    ) async throws(KMIPClientError) -> GetAttributesResponse {
        let request = GetAttributesRequest(uniqueIdentifier: identifier, names: names)
        let answer = try await perform(.getAttributes(request))
        guard case .getAttributes(let response) = answer else { throw unexpected(answer) }
        return response
    }

    /// Get Attribute List (4.13).
    package func getAttributeList(of identifier: String) async throws(KMIPClientError) -> GetAttributeListResponse {
        let answer = try await perform(.getAttributeList(GetAttributeListRequest(uniqueIdentifier: identifier)))
        guard case .getAttributeList(let response) = answer else { throw unexpected(answer) }
        return response
    }

    /// Add Attribute (4.14).
    package func addAttribute(
        _ attribute: Attribute,
        to identifier: String
    ) async throws(KMIPClientError) -> AddAttributeResponse {
        let request = AddAttributeRequest(uniqueIdentifier: identifier, attribute: attribute)
        let answer = try await perform(.addAttribute(request))
        guard case .addAttribute(let response) = answer else { throw unexpected(answer) }
        return response
    }

    /// Activate (4.19).
    package func activate(_ identifier: String) async throws(KMIPClientError) -> ActivateResponse {
        let answer = try await perform(.activate(ActivateRequest(uniqueIdentifier: identifier)))
        guard case .activate(let response) = answer else { throw unexpected(answer) }
        return response
    }

    /// Revoke (4.20).
    ///
    /// - Parameter compromiseOccurrenceDate: in seconds since 1970; only with a reason that means a compromise.
    package func revoke(
        _ identifier: String,
        reason: RevocationReason,
        compromiseOccurrenceDate: Int64? = nil
    ) async throws(KMIPClientError) -> RevokeResponse {
        let request = RevokeRequest(
            uniqueIdentifier: identifier,
            reason: reason,
            compromiseOccurrenceDate: compromiseOccurrenceDate
        )
        let answer = try await perform(.revoke(request))
        guard case .revoke(let response) = answer else { throw unexpected(answer) }
        return response
    }

    /// Destroy (4.21).
    package func destroy(_ identifier: String) async throws(KMIPClientError) -> DestroyResponse {
        let answer = try await perform(.destroy(DestroyRequest(uniqueIdentifier: identifier)))
        guard case .destroy(let response) = answer else { throw unexpected(answer) }
        return response
    }

    /// Query (4.25).
    package func query(_ functions: [QueryFunction]) async throws(KMIPClientError) -> QueryResponse {
        let answer = try await perform(.query(QueryRequest(functions: functions)))
        guard case .query(let response) = answer else { throw unexpected(answer) }
        return response
    }

    /// Discover Versions (4.26).
    ///
    /// - Parameter versions: empty to ask for all that the server speaks.
    package func discoverVersions(
        _ versions: [ProtocolVersion] = []
    ) async throws(KMIPClientError) -> [ProtocolVersion] {
        let answer = try await perform(.discoverVersions(DiscoverVersionsRequest(versions: versions)))
        guard case .discoverVersions(let response) = answer else { throw unexpected(answer) }
        return response.versions
    }

    private func unexpected(_ answer: ResponsePayload) -> KMIPClientError {
        KMIPClientError(.invalidResponse, detail: "an answer to \(answer.operation)")
    }
}
