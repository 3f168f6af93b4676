internal import AdminResources
internal import Cryptography
internal import OperatorSignatures

/// A report of a deletion whose signature is a worker's.
enum VerifiedDeletionReport {
    /// - Parameter authority: the services CA.
    /// - Returns: the report, and the subject of the worker's certificate.
    /// - Throws: `.badInput`: it is none, or was altered, or no worker of this CA has signed it.
    static func verify(
        _ signed: SignedStatementResource,
        authority: Certificate
    ) throws(CommandFailure) -> (report: RootKeyDeletionReport, signer: String) {
        let bytes = Array(signed.statement.utf8)
        do {
            let certificate = try Certificate(pem: signed.certificatePem)
            let trust = try CertificateAuthorityTrust(
                authority: authority,
                understanding: [
                    ServiceCertificateExtension.roleIdentifier, ServiceCertificateExtension.partitionsIdentifier,
                ]
            )
            let report = try RootKeyDeletionReport(decoding: bytes)
            // When it was signed, the certificate was good; it need not be any more when the report is read.
            try trust.verify(certificate, at: report.times.ended)
            guard try ServiceCertificateExtension(of: certificate)?.role == "worker" else {
                throw OperatorSignatureError(.wrongCertificate, "not a worker's")
            }
            try DetachedSignature(parsing: signed.signature).verify(bytes, by: certificate)
            return (report, certificate.subject)
        } catch {
            throw CommandFailure(.badInput, "the report is not to be believed: \(error)")
        }
    }
}
