internal import AdminResources
internal import Cryptography
internal import Foundation
internal import OperatorSignatures

/// What an operator signs himself, with the key that his commands use anyway: it does not leave this machine.
struct OperatorSigning {
    let certificate: Certificate
    let privateKey: PrivateKey

    /// - Throws: `.configuration` where the operator's key can't sign.
    ///
    /// - Parameter lifetimeSeconds: how long it is good for.
    func sign(
        _ request: SignedRequest,
        lifetimeSeconds: Int64 = SignedRequest.lifetimeSeconds
    ) throws(CommandFailure) -> SignedStatementResource {
        do {
            let now = Int64(Date().timeIntervalSince1970)
            let statement = try request.statement(at: now, lifetimeSeconds: lifetimeSeconds).encoded()
            let signature = try DetachedSignature(over: statement, key: privateKey, certificate: certificate)
            return SignedStatementResource(
                statement: String(decoding: statement, as: UTF8.self),
                signature: signature.text,
                certificatePem: certificate.pem
            )
        } catch {
            throw CommandFailure(
                .configuration,
                "the request can't be signed: \(error)",
                advice: "An operator's key is a P-256 key, as 'keyferry-setup operator' makes it."
            )
        }
    }
}
