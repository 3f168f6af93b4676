package import Cryptography

/// What a worker signs of the key pair that root keys are imported with. It reaches the owner by way of an admin front,
/// which could give him a key of its own instead, and read what he wraps under it: hence the signature.
///
/// It has the form of an operator's statement, and is signed in the same way, by a worker's identity key.
package struct ImportKeyStatement: Sendable, Hashable {
    package static let purpose = "keyferry root-key import-token"
    /// So long, in seconds, is it good after it was made.
    package static let lifetimeSeconds: Int64 = 3_600
    private static let workerRole = "worker"

    package let partition: String
    /// Of the token that has the private half.
    package let tokenSerial: String
    /// SubjectPublicKeyInfo in PEM.
    package let publicKeyPEM: String

    package init(partition: String, tokenSerial: String, publicKeyPEM: String) {
        self.partition = partition
        self.tokenSerial = tokenSerial
        self.publicKeyPEM = publicKeyPEM
    }

    /// - Parameter now: seconds since 1970.
    package func statement(at now: Int64) throws(OperatorSignatureError) -> OperatorStatement {
        try OperatorStatement(
            purpose: Self.purpose,
            subject: ["partition": partition, "token-serial": tokenSerial, "public-key": publicKeyPEM],
            issued: now,
            lifetimeSeconds: Self.lifetimeSeconds
        )
    }

    /// Believes what a worker signed.
    ///
    /// - Parameters:
    ///   - statement: the bytes that were signed.
    ///   - signature: a detached JWS over them.
    ///   - certificate: the worker's, as it came with them.
    ///   - authority: the CA of the services.
    ///   - now: seconds since 1970.
    /// - Throws: `wrongCertificate` where no worker of the partition that the statement names signed it; else as
    ///   `DetachedSignature` and `OperatorStatement`.
    package init(
        verifying statement: [UInt8],
        signature: String,
        certificate: Certificate,
        authority: Certificate,
        at now: Int64
    ) throws(OperatorSignatureError) {
        try DetachedSignature(parsing: signature).verify(statement, by: certificate)
        let decoded = try OperatorStatement(decoding: statement)
        try decoded.check(purpose: Self.purpose, at: now)
        guard let partition = decoded.subject["partition"], let tokenSerial = decoded.subject["token-serial"],
            let publicKeyPEM = decoded.subject["public-key"], decoded.subject.count == 3
        else { throw OperatorSignatureError(.statementMalformed, "subject") }
        guard Self.isWorker(certificate, of: partition, authority, at: now) else {
            throw OperatorSignatureError(.wrongCertificate, "no worker of partition \(partition)")
        }
        self.init(partition: partition, tokenSerial: tokenSerial, publicKeyPEM: publicKeyPEM)
    }

    private static func isWorker(
        _ certificate: Certificate,
        of partition: String,
        _ authority: Certificate,
        at now: Int64
    ) -> Bool {
        do {
            let trust = try CertificateAuthorityTrust(
                authority: authority,
                understanding: ServiceCertificateExtension.identifiers
            )
            try trust.verify(certificate, at: now)
            let service = try ServiceCertificateExtension(of: certificate)
            return service?.role == workerRole && service?.partitions.contains(partition) == true
        } catch {
            return false
        }
    }
}
