import Cryptography
import HSM
import JobSealing
import KeyModel
import Logging
import OperatorSignatures

/// What root keys of their owners' own making are imported with.
struct RootKeyImport {
    /// The pair in the token whose public half they are wrapped under.
    let key: TokenKey
    /// As whom the worker signs what it says of it.
    let credential: ServiceCredential
}

extension BatchProcessor {
    /// The public half of the import key, signed.
    func importToken() throws -> SignedStatement {
        let imports = try requireRootKeyImport()
        let publicKey = try usingHSM(rejection: .hsmUnavailable) { () throws(HSMError) in
            try hsm.publicKey(of: imports.key)
        }
        let content = ImportKeyStatement(
            partition: partition.text,
            tokenSerial: hsm.serial ?? "",
            publicKeyPEM: publicKey.pem
        )
        let statement = try content.statement(at: clock() / 1_000).encoded()
        let (key, certificate) = (imports.credential.key, imports.credential.certificate)
        let signature = try DetachedSignature(over: statement, key: key, certificate: certificate)
        return SignedStatement(statement: statement, signature: signature.text, certificate: certificate.der)
    }

    /// Brings an owner's key into the token. What is refused leaves nothing there.
    ///
    /// - Throws: `wrappedKeyNotAccepted`, `rootKeyLengthNotAccepted`, `rootKeyImportUnavailable`, or as everything that
    ///   needs the token.
    func importVersion(_ wrapped: [UInt8], label: String) throws -> CreatedRootKeyVersion {
        let imports = try requireRootKeyImport()
        do throws(HSMError) {
            return try hsm.importRootKeyVersion(wrapped, with: imports.key.identifier, label: label)
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

    private func requireRootKeyImport() throws(OperationFailure) -> RootKeyImport {
        guard let rootKeyImport else { throw OperationFailure(.rootKeyImportUnavailable) }
        return rootKeyImport
    }
}
