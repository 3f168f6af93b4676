import Cryptography
import KMIP
import KMIPClient
import KMIPFraming
import PipelineSite
import TTLV
import Testing

extension GetResponse {
    /// The bytes of a raw symmetric key.
    func keyBytes() throws -> [UInt8] {
        guard case .symmetricKey(let block) = object, block.format == .raw,
            case .bytes(let material) = block.value?.material
        else { throw PipelineSiteError("not a raw symmetric key: \(objectType)") }
        return material.withUnsafeBytes { Array($0) }
    }
}

extension KMIPConversation {
    /// Create of an AES-256 key that encrypts and decrypts.
    func createKey(_ attributes: [Attribute] = []) async throws(KMIPClientError) -> String {
        try await create(.aes, length: 256, usage: [.encrypt, .decrypt], attributes: attributes).uniqueIdentifier
    }

    /// Register of these bytes as an AES key that encrypts and decrypts.
    func registerKey(_ bytes: [UInt8]) async throws -> String {
        var secret = try SecretBytes(count: bytes.count)
        secret.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
        let material = SecretBox(secret)
        let length = Int32(bytes.count * 8)
        let block = KeyBlock(format: .raw, value: KeyValue(.bytes(material)), algorithm: .aes, length: length)
        let attributes = [
            Attribute(.cryptographicAlgorithm, .enumeration(CryptographicAlgorithm.aes.rawValue)),
            Attribute(.cryptographicLength, .integer(length)),
            Attribute(.cryptographicUsageMask, .integer(CryptographicUsageMask([.encrypt, .decrypt]).rawValue)),
        ]
        return try await register(.symmetricKey(block), attributes: attributes).uniqueIdentifier
    }

    /// The key's SHA-256 as the server has it in the attribute Digest.
    func digest(of identifier: String) async throws -> [UInt8] {
        let attributes = try await getAttributes(of: identifier, [.digest]).attributes
        guard let value = attributes.first?.value, let digest = Digest(value), digest.algorithm == .sha256 else {
            throw PipelineSiteError("no digest in \(attributes)")
        }
        return digest.value
    }
}

extension PipelineSite {
    /// Runs `body` on a connection of its own.
    nonisolated func conversing<Value>(
        as client: SiteClient,
        gateway: Int = 1,
        version: ProtocolVersion = .v14,
        _ body: (KMIPConversation) async throws -> Value
    ) async throws -> Value {
        let connection = try await connect(as: client, gateway: gateway)
        do {
            let value = try await body(KMIPConversation(over: connection, version: version))
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }
}
