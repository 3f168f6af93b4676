internal import AdminResources
internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import KeyModel
internal import NIOCore

extension Response {
    /// - Parameter tag: of the record, for a resource that can be changed: its client gives it back as If-Match.
    static func json(
        _ resource: some Encodable,
        status: HTTPResponse.Status = .ok,
        mediaType: String = "application/json",
        tag: RecordTag? = nil
    ) -> Response {
        do {
            let json = try ResourceCoding.encode(resource)
            var response = Response(
                status: status,
                headers: [.contentType: mediaType],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: json))
            )
            response.headers[.eTag] = tag?.entityTag
            return response
        } catch {
            // Resources consist of texts, whole numbers, dates and truth values, which all have a JSON form.
            preconditionFailure("A resource has no JSON form: \(type(of: resource))")
        }
    }
}

extension Request {
    /// The body as one value.
    ///
    /// - Throws: `unsupportedMediaType`, `bodyTooLarge` or `malformedRequest`.
    func decodeJSON<Value: Decodable>(_ type: Value.Type, upTo maximumByteCount: Int) async throws -> Value {
        let mediaType = headers[.contentType]?.prefix { $0 != ";" }
            .trimmingPrefix { $0 == " " }.lowercased()
        guard mediaType?.filter({ $0 != " " }) == "application/json" else { throw APIFailure(.unsupportedMediaType) }
        let tooLarge = APIFailure(.bodyTooLarge, "At most \(maximumByteCount) bytes are taken.")
        if let announced = headers[.contentLength].flatMap({ Int($0) }), announced > maximumByteCount {
            throw tooLarge
        }
        let bytes: ByteBuffer
        do {
            bytes = try await body.collect(upTo: maximumByteCount)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
        do {
            return try ResourceCoding.decode(type, from: Data(bytes.readableBytesView))
        } catch let error as DecodingError {
            throw APIFailure(.malformedRequest, error.safeDescription)
        }
    }
}

extension DecodingError {
    /// What is wrong with the body, without quoting it.
    fileprivate var safeDescription: String {
        switch self {
        case .keyNotFound(let key, _): "The field '\(key.stringValue)' is missing."
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "The field '\(context.codingPath.map(\.stringValue).joined(separator: "."))' is of another type."
        case .dataCorrupted: "It is not well-formed JSON."
        @unknown default: "It can't be decoded."
        }
    }
}
