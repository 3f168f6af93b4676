package import Cryptography
import Foundation

/// The key pair that backups are encrypted to. Its private half is kept offline, apart from token and backups.
package enum RecoveryKey {
    /// The public half's place in an installation.
    static let publicFileName = "backup-key.pem"

    /// Makes a pair: the private half in a file of mode 0600, the public one beside it and, where there is an installation,
    /// in that.
    ///
    /// - Returns: where the public half is.
    /// - Throws: `fileExists`; nothing is replaced.
    package static func make(privateFile: String, home: InstallationFolder?) throws -> [String] {
        let publicFiles = [privateFile + ".pub"] + (home.map { [$0.file(publicFileName)] } ?? [])
        for path in [privateFile] + publicFiles where FileManager.default.fileExists(atPath: path) {
            throw SetupError(
                .fileExists,
                "\(path) is there already and is left as it is; backups may need it. Choose another name, or move it away"
            )
        }
        let key = try PrivateKey.generate(.p256)
        try key.write(toPEMFile: privateFile)
        for path in publicFiles {
            try DurableFile.write(Array(key.publicKey.pem.utf8), to: path, mode: 0o600, replacing: false)
        }
        return publicFiles
    }

    /// - Throws: `wrongRecoveryKey`.
    package static func privateKey(in path: String) throws(SetupError) -> PrivateKey {
        do {
            return try PrivateKey(pemFile: path)
        } catch {
            throw SetupError(.wrongRecoveryKey, "\(path) is no recovery key: \(error)")
        }
    }

    /// - Throws: `wrongRecoveryKey`.
    package static func publicKey(in path: String) throws(SetupError) -> PublicKey {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8), let key = try? PublicKey(pem: text),
            key.algorithm == .p256
        else {
            throw SetupError(
                .wrongRecoveryKey,
                "\(path) is not the public half of a recovery key: keyferry-setup backup-key makes one"
            )
        }
        return key
    }
}
