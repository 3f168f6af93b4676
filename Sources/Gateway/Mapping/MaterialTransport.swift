import Cryptography
import JobSealing
import KMIP
import KeyModel

/// Key material between the client's connection and a job: the only place outside the HSM where a key is in clear.
struct MaterialTransport {
    private let ticket: IssuedTicket

    init(ticket: IssuedTicket) {
        self.ticket = ticket
    }

    /// Wraps what a client registers. The digest is made here, by the last who sees the material.
    func wrap(_ material: SecretBox) throws(ItemFailure) -> (TransportedKeyMaterial, digest: [UInt8]) {
        guard (1...512).contains(material.bytes.count) else {
            throw ItemFailure(.invalidField, "the key material is empty or too long")
        }
        guard let key = ticket.transportKey else { throw Self.unavailable }
        do {
            let blob = try AESKeyWrapPadded.wrap(material.bytes, under: key.bytes)
            let digest = SHA256.hash(material.bytes)
            return (TransportedKeyMaterial(blob: blob, trueLength: material.bytes.count), digest)
        } catch {
            throw Self.unavailable
        }
    }

    /// Unwraps what a client asked for, and compares it with the digest of the record: a key that is not the one that
    /// was created or registered does not go out.
    func unwrap(_ key: RetrievedKey) throws(ItemFailure) -> SecretBox {
        guard let transportKey = ticket.transportKey else { throw Self.unavailable }
        let box: SecretBox
        do {
            var material = try AESKeyWrapPadded.unwrap(key.material.blob, under: transportKey.bytes)
            guard key.material.trueLength <= material.count,
                material.hasOnlyZeros(from: key.material.trueLength)
            else { throw ItemFailure(OperationFailure(.recordCorrupted), of: .get) }
            material.truncate(to: key.material.trueLength)
            box = SecretBox(material)
        } catch let failure as ItemFailure {
            throw failure
        } catch {
            throw ItemFailure(OperationFailure(.recordCorrupted), of: .get)
        }
        guard ConstantTime.isEqual(SHA256.hash(box.bytes), key.digest) else {
            throw ItemFailure(OperationFailure(.recordCorrupted), of: .get)
        }
        return box
    }

    private static let unavailable = ItemFailure(.generalFailure, "the server can't do this at the moment; try again")
}

extension SecretBytes {
    /// Some tokens pad material with zeros before they wrap it: nothing else may stand behind the true length.
    fileprivate borrowing func hasOnlyZeros(from start: Int) -> Bool {
        withUnsafeBytes { bytes in bytes[start...].allSatisfy { $0 == 0 } }
    }
}
