/// What an operator has signed himself, on its way to the worker, which verifies it: nobody between them is believed.
package struct SignedStatement: Hashable, Sendable {
    /// The statement's one encoding.
    package let statement: [UInt8]
    /// A detached JWS over it.
    package let signature: String
    /// The signer's certificate, in DER.
    package let certificate: [UInt8]

    package init(statement: [UInt8], signature: String, certificate: [UInt8]) {
        self.statement = statement
        self.signature = signature
        self.certificate = certificate
    }
}
