internal import AdminResources
internal import Cryptography
internal import HTTPTypes
internal import Hummingbird
internal import JobTransport
internal import KeyModel

/// What the header of a request says of how it is to be done: once, by an Idempotency-Key (of POST, and of PUT, for what an
/// operator has signed is good for one use), and only to what its client last saw, by If-Match (RFC 9110, 13.1.1).
struct RequestConditions {
    static let longestKey = 255

    private static let methodsDoneOnce: Set<HTTPRequest.Method> = [.post, .put]

    let idempotencyKey: String?
    /// Nil where any state will do.
    let expectedTag: RecordTag?

    init(_ request: Request) throws(APIFailure) {
        let isDoneOnce = Self.methodsDoneOnce.contains(request.method)
        idempotencyKey = try isDoneOnce ? Self.idempotencyKey(request.headers) : nil
        expectedTag = try Self.expectedTag(request.headers)
    }

    /// The same for every request of an operator with the same key: the job's message id, by which workers know a job that
    /// they have done.
    static func messageID(for key: String, of requester: CertificateFingerprint) -> MessageID {
        let hash = SHA256.hash(Array("keyferry idempotency key 1".utf8) + requester.bytes + Array(key.utf8))
        guard let identifier = MessageID(hash.prefix(MessageID.byteCount)) else {
            preconditionFailure("a SHA-256 is longer than a message id")
        }
        return identifier
    }

    private static func idempotencyKey(_ headers: HTTPFields) throws(APIFailure) -> String? {
        guard let name = HTTPField.Name("Idempotency-Key"), let key = headers[name] else { return nil }
        guard (1...longestKey).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw APIFailure(.invalidParameter, "Idempotency-Key must be 1 to \(longestKey) visible ASCII characters.")
        }
        return key
    }

    private static func expectedTag(_ headers: HTTPFields) throws(APIFailure) -> RecordTag? {
        guard let field = headers[.ifMatch], field != "*" else { return nil }
        guard !field.contains(",") else {
            throw APIFailure(.invalidParameter, "If-Match must be '*' or one entity tag.")
        }
        // Anything else than a tag of this service matches nothing: weak tags (13.1.1: strong comparison), and what is no tag.
        return RecordTag(entityTag: field) ?? RecordTag(fields: [])
    }
}

extension RecordTag {
    /// As ETag and If-Match have it (RFC 9110, 8.8.3).
    var entityTag: String { "\"\(Hexadecimal.encode(text.utf8))\"" }

    fileprivate init?(entityTag: String) {
        guard entityTag.utf8.count >= 2, entityTag.hasPrefix("\""), entityTag.hasSuffix("\""),
            let bytes = Hexadecimal.decode(entityTag.utf8.dropFirst().dropLast()),
            bytes.count <= Self.longest,
            let text = String(validating: bytes, as: UTF8.self)
        else { return nil }
        self.init(text: text)
    }
}
