import Cryptography

/// AES-256-GCM with a key and a nonce of its own for every message.
///
/// Both come from HKDF-Expand over the ticket's message secret M, the direction, the ticket's hash and 32 random bytes
/// that are sent along. There is no counter, so that no restart can repeat a nonce.
struct MessageCipher: ~Copyable {
    static let saltByteCount = 32

    private let key: SecretBytes
    private let nonce: [UInt8]

    init(
        messageSecret: borrowing SecretBytes,
        direction: MessageDirection,
        ticketHash: [UInt8],
        salt: [UInt8]
    ) throws(SealingError) {
        var info = CanonicalBytes(context: direction.rawValue)
        info.append(ticketHash)
        info.append(salt)
        let count = AES256GCM.keyByteCount + AES256GCM.nonceByteCount
        do {
            let derived = try HKDFSHA256.expand(key: messageSecret, info: info.bytes, count: count)
            key = try derived.copy(0..<AES256GCM.keyByteCount)
            nonce = derived.withUnsafeBytes { Array($0[AES256GCM.keyByteCount..<count]) }
        } catch {
            throw SealingError(.cryptographyFailed)
        }
    }

    func seal(_ plaintext: [UInt8], associatedData: [UInt8]) throws(SealingError) -> [UInt8] {
        do {
            return try AES256GCM.seal(plaintext, key: key, nonce: nonce, associatedData: associatedData)
        } catch {
            throw SealingError(.cryptographyFailed)
        }
    }

    func open(_ sealed: [UInt8], associatedData: [UInt8]) throws(SealingError) -> [UInt8] {
        do {
            return try AES256GCM.open(sealed, key: key, nonce: nonce, associatedData: associatedData)
        } catch {
            throw SealingError(.sealBroken)
        }
    }
}
