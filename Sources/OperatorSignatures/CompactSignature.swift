internal import Cryptography
internal import Foundation

/// A JWS in compact form with detached content (RFC 7515, section 7.1 and appendix F): header, nothing, signature.
struct CompactSignature: Sendable, Hashable {
    /// An operator's signature takes about 190 characters.
    static let maximumCharacterCount = 1_024

    /// The protected header, as it is signed.
    let encodedHeader: String
    /// Its members; all of them are texts.
    let header: [String: String]
    /// r and s, 64 bytes (RFC 7518, section 3.4).
    let signature: [UInt8]

    init(parsing text: String) throws(OperatorSignatureError) {
        guard text.utf8.count <= Self.maximumCharacterCount else { throw OperatorSignatureError(.malformed, "length") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].isEmpty else { throw OperatorSignatureError(.malformed, "parts") }
        guard let header = Base64URL.decode(parts[0]), let signature = Base64URL.decode(parts[2]) else {
            throw OperatorSignatureError(.malformed, "base64url")
        }
        self.encodedHeader = String(parts[0])
        self.header = try Self.members(header)
        self.signature = signature
        guard self.header["alg"] == "ES256" else { throw OperatorSignatureError(.unsupportedAlgorithm) }
        guard Set(self.header.keys).isSubset(of: ["alg", "typ", "x5t#S256"]) else {
            throw OperatorSignatureError(.unsupportedHeader)
        }
        guard signature.count == 64 else { throw OperatorSignatureError(.malformed, "signature") }
    }

    /// Signs a payload.
    init(over payload: [UInt8], header: [String: String], key: PrivateKey) throws(OperatorSignatureError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard key.algorithm == .p256, let json = try? encoder.encode(header) else {
            throw OperatorSignatureError(.unusableKey)
        }
        self.header = header
        encodedHeader = Base64URL.encode(Array(json))
        do {
            let input = Self.signingInput(encodedHeader, payload)
            signature = try ECDSASignature.raw(fromDER: key.sign(input))
        } catch {
            throw OperatorSignatureError(.unusableKey, error.description)
        }
    }

    var text: String { "\(encodedHeader)..\(Base64URL.encode(signature))" }

    func verifies(_ payload: [UInt8], by key: PublicKey) -> Bool {
        guard key.algorithm == .p256, let der = try? ECDSASignature.der(fromRaw: signature) else { return false }
        return key.verify(signature: der, of: Self.signingInput(encodedHeader, payload))
    }

    /// RFC 7515, section 5.1, step 8.
    private static func signingInput(_ encodedHeader: String, _ payload: [UInt8]) -> [UInt8] {
        Array("\(encodedHeader).\(Base64URL.encode(payload))".utf8)
    }

    private static func members(_ json: [UInt8]) throws(OperatorSignatureError) -> [String: String] {
        guard let object = (try? JSONSerialization.jsonObject(with: Data(json))) as? [String: Any] else {
            throw OperatorSignatureError(.malformed, "header")
        }
        guard let members = object as? [String: String] else { throw OperatorSignatureError(.unsupportedHeader) }
        return members
    }
}
