import Cryptography
import HSM
import JobSealing
import KeyModel
import Logging
import OperatorSignatures

/// Root keys of their owners' own making.
extension BatchProcessor {
    /// The public half of the import key, signed by this worker.
    func importToken() throws -> SignedStatement {
        let importKey = try requireRootKeyImportKey()
        let publicKey = try usingHSM(rejection: .hsmUnavailable) { () throws(HSMError) in
            try hsm.publicKey(of: importKey)
        }
        let content = ImportKeyStatement(
            partition: partition.text,
            tokenSerial: hsm.serial ?? "",
            publicKeyPEM: publicKey.pem
        )
        let statement = try content.statement(at: clock() / 1_000).encoded()
        let signature = try DetachedSignature(
            over: statement,
            key: credential.key,
            certificate: credential.certificate
        )
        return SignedStatement(
            statement: statement,
            signature: signature.text,
            certificate: credential.certificate.der
        )
    }

    /// Brings an owner's key into the token. What is refused leaves nothing there.
    ///
    /// - Throws: `wrappedKeyNotAccepted`, `rootKeyLengthNotAccepted`, `rootKeyImportUnavailable`, or as everything that
    ///   needs the token.
    func importVersion(_ wrapped: [UInt8], label: String) throws -> CreatedRootKeyVersion {
        let importKey = try requireRootKeyImportKey()
        do throws(HSMError) {
            return try hsm.importRootKeyVersion(wrapped, with: importKey.identifier, label: label)
        } catch {
            switch error.code {
            case .lengthNotSupported: throw OperationFailure(.rootKeyLengthNotAccepted)
            case .lengthNotTold:
                logger.error("root keys can't be imported into this token", metadata: ["error": "\(error)"])
                throw OperationFailure(.rootKeyImportUnavailable)
            default: return try usingHSM(rejection: .wrappedKeyNotAccepted) { () throws(HSMError) in throw error }
            }
        }
    }

    private func requireRootKeyImportKey() throws(OperationFailure) -> TokenKey {
        guard let rootKeyImportKey else { throw OperationFailure(.rootKeyImportUnavailable) }
        return rootKeyImportKey
    }
}
