internal import Cryptography
internal import FoundationEssentials
internal import ServiceBootstrap

/// The files that the listener's identity and trust are read from.
enum PEMFile {
    /// A chain is some kilobytes.
    private static let longest = 262_144
    private static let end = "-----END CERTIFICATE-----"

    /// The certificates of a file, one at least, in their order.
    static func certificates(_ path: String) throws(ServiceFailure) -> [Certificate] {
        guard let content = try? Data(contentsOf: URL(filePath: path)) else {
            throw ServiceFailure(.configuration, "\(path) does not exist or cannot be read")
        }
        guard content.count <= longest else {
            throw ServiceFailure(.configuration, "\(path) is larger than a file of certificates is")
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
            throw ServiceFailure(
                .configuration,
                "\(path) is no file of certificates in PEM form (\(error.code.rawValue))"
            )
        }
        return certificates
    }

    static func privateKey(_ path: String) throws(ServiceFailure) -> PrivateKey {
        do {
            return try PrivateKey(pemFile: path)
        } catch {
            throw ServiceFailure(
                .configuration,
                "\(path) is not a private key in PEM form that only its owner can read (\(error.code.rawValue))"
            )
        }
    }
}
