package import Cryptography
import Foundation
import Glibc

/// A certificate and its private key in two files.
///
/// Both are replaced by way of files of the names' `.next`: key, then certificate, are written beside the old ones; the
/// key gets its name, then the certificate. `finishInterrupted` tells by what a crash left how far it had come.
package struct CredentialFiles: Sendable, Hashable {
    package let certificateFile: String
    package let keyFile: String

    private var nextCertificateFile: String { certificateFile + ".next" }
    private var nextKeyFile: String { keyFile + ".next" }

    /// Writes both for the first time.
    func write(_ certificate: Certificate, _ key: PrivateKey) throws(CryptographyError) {
        try key.write(toPEMFile: keyFile)
        try Self.write(certificate, to: certificateFile)
    }

    /// - Throws: `installationDamaged`.
    package func certificate() throws(SetupError) -> Certificate {
        guard let certificate = try? Self.read(certificateFile) else {
            throw SetupError(.installationDamaged, "\(certificateFile) is missing or is no certificate; restore it")
        }
        return certificate
    }

    /// - Throws: `installationDamaged`.
    package func key() throws(SetupError) -> PrivateKey {
        do {
            return try PrivateKey(pemFile: keyFile)
        } catch {
            throw SetupError(.installationDamaged, "\(keyFile) cannot be used: \(error)")
        }
    }

    /// Writes the pair that is to follow.
    func stage(_ certificate: Certificate, _ key: PrivateKey) throws(CryptographyError) {
        try key.write(toPEMFile: nextKeyFile)
        try Self.write(certificate, to: nextCertificateFile)
    }

    /// Puts the pair that was staged in the place of the old one.
    func commit() throws(SetupError) {
        try Self.move(nextKeyFile, to: keyFile)
        try Self.move(nextCertificateFile, to: certificateFile)
    }

    /// Puts another certificate of the same key in the place of the old one, in one step. The key's file is left alone.
    func replaceCertificate(_ certificate: Certificate) throws(CryptographyError) {
        try DurableFile.write(Array(certificate.pem.utf8), to: certificateFile, mode: 0o600, replacing: true)
    }

    /// Removes what was staged.
    func discardStaged() {
        unlink(nextCertificateFile)
        unlink(nextKeyFile)
    }

    /// Finishes, or undoes, a renewal that a crash interrupted.
    ///
    /// - Parameter isRegistered: whether the certificate that was to follow is known to the store.
    func finishInterrupted(isRegistered: (Certificate) -> Bool) throws(SetupError) {
        guard let next = try? Self.read(nextCertificateFile) else {
            return discardStaged()
        }
        if access(nextKeyFile, F_OK) != 0 {
            // The key has its name already.
            try Self.move(nextCertificateFile, to: certificateFile)
        } else if isRegistered(next) {
            try commit()
        } else {
            discardStaged()
        }
    }

    private static func read(_ path: String) throws -> Certificate {
        try Certificate(pem: String(contentsOfFile: path, encoding: .utf8))
    }

    private static func write(_ certificate: Certificate, to path: String) throws(CryptographyError) {
        try DurableFile.write(Array(certificate.pem.utf8), to: path, mode: 0o600, replacing: false)
    }

    private static func move(_ source: String, to path: String) throws(SetupError) {
        guard rename(source, path) == 0 else {
            let reason = String(cString: strerror(errno))
            throw SetupError(.folderUnusable, "\(path) cannot be replaced: \(reason); run renew again")
        }
    }
}
