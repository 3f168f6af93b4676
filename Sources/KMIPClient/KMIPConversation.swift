internal import Cryptography
package import KMIP
internal import KMIPFraming

/// Requests in one protocol version, with one credential or none, over one connection.
package struct KMIPConversation: Sendable {
    package let connection: KMIPConnection
    package var version: ProtocolVersion
    /// Sent in every header, unless nil.
    package var credential: Credential?

    package init(over connection: KMIPConnection, version: ProtocolVersion, credential: Credential? = nil) {
        self.connection = connection
        self.version = version
        self.credential = credential
    }

    /// Sends one operation.
    ///
    /// - Throws: `operationFailed` with the server's reason if it refused.
    package func perform(_ payload: RequestPayload) async throws(KMIPClientError) -> ResponsePayload {
        var header = RequestHeader(version: version)
        if let credential {
            header.credentials = [credential]
        }
        let response = try await send(RequestMessage(header: header, items: [RequestItem(payload)]))
        guard response.items.count == 1, let item = response.items.first else {
            throw KMIPClientError(.invalidResponse, detail: "\(response.items.count) items for one")
        }
        guard item.status == .success else {
            throw KMIPClientError(.operationFailed(item.reason), detail: item.message ?? "")
        }
        guard let payload = item.payload else {
            throw KMIPClientError(.invalidResponse, detail: "an answer without payload")
        }
        return payload
    }

    /// Sends a message as it is, of any version and any number of items.
    package func send(_ request: RequestMessage) async throws(KMIPClientError) -> ResponseMessage {
        try decode(try await connection.exchange(try encode(request)))
    }

    private func encode(_ request: RequestMessage) throws(KMIPClientError) -> SecretBox {
        do {
            var bytes = try SecretBytes(count: request.encodedSize)
            bytes.withUnsafeMutableBytes { request.encode(into: $0) }
            return SecretBox(bytes)
        } catch {
            throw KMIPClientError(.secureMemoryExhausted)
        }
    }

    private func decode(_ response: SecretBox) throws(KMIPClientError) -> ResponseMessage {
        do {
            return try response.bytes.withUnsafeBytes { bytes throws(KMIPError) in
                try ResponseMessage(decoding: bytes.bytes) { try SecretBox(SecretBytes(copying: $0)) }
            }
        } catch {
            throw KMIPClientError(.invalidResponse, detail: error.description)
        }
    }
}
