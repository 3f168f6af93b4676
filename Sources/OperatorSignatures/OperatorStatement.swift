internal import Cryptography
internal import Foundation

/// What an operator signs: a purpose, what it is about, until when, and 16 random bytes that make it one of its kind.
///
/// It has exactly one encoding: JSON with sorted members and no white space. Bytes that say the same in another way are
/// refused, so that no two readers can differ about what was signed.
package struct OperatorStatement: Sendable, Hashable {
    /// Nothing that is signed is good for longer.
    package static let maximumLifetimeSeconds: Int64 = 7 * 86_400
    /// How far clocks may differ.
    private static let skewSeconds: Int64 = 300
    private static let nonceByteCount = 16
    private static let maximumByteCount = 16 << 10

    /// What for, such as "keyferry restore".
    package let purpose: String
    /// What it is about, by name.
    package let subject: [String: String]
    package let nonce: [UInt8]
    /// Seconds since 1970.
    package let issued: Int64
    package let expires: Int64

    /// A new statement with a fresh nonce.
    package init(
        purpose: String,
        subject: [String: String],
        issued: Int64,
        lifetimeSeconds: Int64
    ) throws(OperatorSignatureError) {
        guard let nonce = try? RandomBytes.generate(count: Self.nonceByteCount) else {
            throw OperatorSignatureError(.statementMalformed, "no random bytes")
        }
        self.purpose = purpose
        self.subject = subject
        self.nonce = nonce
        self.issued = issued
        self.expires = issued + lifetimeSeconds
    }

    package init(decoding bytes: [UInt8]) throws(OperatorSignatureError) {
        guard bytes.count <= Self.maximumByteCount,
            let fields = try? JSONDecoder().decode(Fields.self, from: Data(bytes)),
            let nonce = Base64URL.decode(fields.nonce), nonce.count == Self.nonceByteCount
        else { throw OperatorSignatureError(.statementMalformed) }
        purpose = fields.purpose
        subject = fields.subject
        self.nonce = nonce
        issued = fields.issued
        expires = fields.expires
        guard try encoded() == bytes else { throw OperatorSignatureError(.statementMalformed, "encoding") }
    }

    /// The bytes to sign.
    package func encoded() throws(OperatorSignatureError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let fields = Fields(
            purpose: purpose,
            subject: subject,
            nonce: Base64URL.encode(nonce),
            issued: issued,
            expires: expires
        )
        guard let json = try? encoder.encode(fields) else { throw OperatorSignatureError(.statementMalformed) }
        return Array(json)
    }

    /// Checks purpose and dates. That it was not used before is for whoever keeps the nonces, or binds the subject to
    /// something that changes with the use.
    ///
    /// - Parameter now: seconds since 1970.
    package func check(purpose expected: String, at now: Int64) throws(OperatorSignatureError) {
        guard purpose == expected else { throw OperatorSignatureError(.wrongPurpose) }
        let (lifetime, overflow) = expires.subtractingReportingOverflow(issued)
        guard !overflow, (1...Self.maximumLifetimeSeconds).contains(lifetime) else {
            throw OperatorSignatureError(.validForTooLong)
        }
        guard issued <= now + Self.skewSeconds else { throw OperatorSignatureError(.notYetValid) }
        guard now < expires else { throw OperatorSignatureError(.expired) }
    }

    private struct Fields: Codable {
        let purpose: String
        let subject: [String: String]
        let nonce: String
        let issued: Int64
        let expires: Int64
    }
}
