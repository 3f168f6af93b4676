import KMIP

/// What the gateway answers without a worker: what it can do, which does not depend on any key.
enum LocalAnswers {
    static let vendor = "Keyferry"

    /// - Returns: nil for what is a worker's.
    static func answer(_ payload: RequestPayload) -> ResponsePayload? {
        switch payload {
        case .discoverVersions(let request): .discoverVersions(DiscoverVersionsResponse(to: request))
        case .query(let request): .query(query(request))
        default: nil
        }
    }

    /// Whether a request asks for nothing that is a worker's. What can't be read is answered here too.
    static func answersAll(of request: ReceivedRequest) -> Bool {
        request.items.allSatisfy { item in
            guard case .success(let payload) = item.payload else { return true }
            return answer(payload) != nil
        }
    }

    /// Query (KMIP 1.4, 4.25).
    private static func query(_ request: QueryRequest) -> QueryResponse {
        var response = QueryResponse()
        for function in request.functions {
            switch function {
            case .queryOperations: response.operations = operations
            case .queryObjects: response.objectTypes = [.symmetricKey]
            case .queryServerInformation: response.vendorIdentification = vendor
            default: break
            }
        }
        return response
    }

    private static let operations: [Operation] = [
        .create, .register, .locate, .get, .getAttributes, .getAttributeList, .addAttribute, .modifyAttribute,
        .deleteAttribute, .activate, .revoke, .destroy, .query, .discoverVersions,
    ]
}
