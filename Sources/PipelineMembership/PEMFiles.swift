package import Cryptography
import Foundation
import ServiceBootstrap

/// Reads certificates and private keys of the configuration, with errors (`ServiceFailure`) that name the file.
package enum PEMFiles {
    /// A chain is some kilobytes.
    private static let longest = 262_144
    private static let end = "-----END CERTIFICATE-----"

    /// Reads a file of exactly one certificate.
    package static func certificate(_ path: String) throws -> Certificate {
        let certificates = try certificates(path)
        guard certificates.count == 1, let certificate = certificates.first else {
            throw ServiceFailure(.configuration, "\(path) holds \(certificates.count) certificates; it must be one")
        }
        return certificate
    }

    /// Reads a file of one or more certificates, in their order.
    package static func certificates(_ path: String) throws -> [Certificate] {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw ServiceFailure(.configuration, "\(path) does not exist or cannot be read")
        }
        defer { try? file.close() }
        guard let content = try? file.read(upToCount: longest + 1), content.count <= longest else {
            throw ServiceFailure(.configuration, "\(path) is not a file of certificates: it is empty or too large")
        }
        var rest = String(decoding: content, as: UTF8.self)[...]
        var certificates: [Certificate] = []
        do throws(CryptographyError) {
            repeat {
                let block = rest.firstRange(of: end).map { rest[..<$0.upperBound] } ?? rest
                certificates.append(try Certificate(pem: String(block)))
                rest = rest[block.endIndex...].drop(while: \.isWhitespace)
            } while !rest.isEmpty
        } catch {
            throw failure(path, "is no file of certificates in PEM form", error)
        }
        return certificates
    }

    /// Reads a private key, which passes through secure memory only.
    package static func privateKey(_ path: String) throws -> PrivateKey {
        do throws(CryptographyError) {
            return try PrivateKey(pemFile: path)
        } catch {
            throw failure(path, "is not a private key in PEM form that only its owner can read", error)
        }
    }

    private static func failure(_ path: String, _ what: String, _ error: CryptographyError) -> ServiceFailure {
        ServiceFailure(.configuration, "\(path) \(what) (\(error.code.rawValue))")
    }
}
