import Cryptography
import KMIP

/// Writes responses into secure memory, where they stay until TLS has them: they may hold keys.
enum ResponseEncoding {
    /// - Parameter maximumSize: of the request header (KMIP 1.4, 6.3); a response that is longer is replaced by
    ///   errors. What the operations did stays done.
    static func encode(_ response: ResponseMessage, maximumSize: Int32?) throws(CryptographyError) -> SecretBox {
        try encode(fit(response, maximumSize: maximumSize))
    }

    private static func encode(_ message: ResponseMessage) throws(CryptographyError) -> SecretBox {
        var bytes = try SecretBytes(count: message.encodedSize)
        bytes.withUnsafeMutableBytes { message.encode(into: $0) }
        return SecretBox(bytes)
    }

    private static func fit(_ message: ResponseMessage, maximumSize: Int32?) -> ResponseMessage {
        guard let limit = maximumSize.map({ Int($0) }), message.encodedSize > limit else { return message }
        var shorter = message
        shorter.items = message.items.map { item in
            guard item.status == .success else { return item }
            return .failure(
                operation: item.operation,
                identifier: item.identifier,
                reason: .responseTooLarge,
                message: "TOO_LARGE"
            )
        }
        guard shorter.encodedSize > limit, message.items.count > 1 else { return shorter }
        shorter.items = [.failure(operation: nil, identifier: nil, reason: .responseTooLarge, message: nil)]
        return shorter
    }
}
