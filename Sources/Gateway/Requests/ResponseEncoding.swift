import Cryptography
import KMIP

/// Writes responses into secure memory, where they stay until TLS has them: they may hold keys.
enum ResponseEncoding {
    /// - Parameter maximumSize: of the request header (KMIP 1.4, 6.3); a response that is longer is replaced by
    ///   errors. What the operations did stays done.
    static func encode(_ response: ResponseMessage, maximumSize: Int32?) throws(CryptographyError) -> SecretBox {
        try write(fit(response, maximumSize: maximumSize))
    }

    /// - Parameter mayTake: whether there is memory for so many bytes; asked before they are taken. A response without
    ///   memory is replaced by errors, as one that is longer than the client wants.
    /// - Returns: nil where there is none for the errors either.
    static func encode(
        _ response: ResponseMessage,
        maximumSize: Int32?,
        mayTake: (_ byteCount: Int) -> Bool
    ) throws(CryptographyError) -> SecretBox? {
        let message = fit(response, maximumSize: maximumSize)
        if mayTake(message.encodedSize) { return try write(message) }
        let errors = fit(response, maximumSize: 0)
        guard mayTake(errors.encodedSize) else { return nil }
        return try write(errors)
    }

    private static func write(_ message: ResponseMessage) throws(CryptographyError) -> SecretBox {
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
