package import Cryptography
import Foundation
import ServiceBootstrap

/// Reads certificates and private keys of the configuration, with errors that name the file.
package enum PEMFiles {
    /// Reads a file of exactly one certificate.
    package static func certificate(_ path: String) throws -> Certificate {
        do {
            return try Certificate(pem: String(contentsOfFile: path, encoding: .utf8))
        } catch {
            throw failure(path, "is not one certificate in PEM form", error)
        }
    }

    /// Reads a private key, which passes through secure memory only.
    package static func privateKey(_ path: String) throws -> PrivateKey {
        do {
            return try PrivateKey(pemFile: path)
        } catch {
            throw failure(path, "is not a private key in PEM form that only its owner can read", error)
        }
    }

    private static func failure(_ path: String, _ what: String, _ error: any Error) -> ServiceFailure {
        ServiceFailure(
            .configuration,
            "\(path) \(what) (\((error as? CryptographyError)?.code.rawValue ?? "unreadable"))"
        )
    }
}
