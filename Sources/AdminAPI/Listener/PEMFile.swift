internal import Cryptography
internal import FoundationEssentials

/// The files that the listener's identity and trust are read from.
enum PEMFile {
    /// A chain is some kilobytes.
    private static let longest = 262_144
    private static let end = "-----END CERTIFICATE-----"

    /// The certificates of a file, one at least, in their order.
    static func certificates(_ path: String) throws(AdminServerError) -> [Certificate] {
        guard let content = try? Data(contentsOf: URL(filePath: path)) else {
            throw AdminServerError(file: path, cause: "does not exist or cannot be read")
        }
        guard content.count <= longest else { throw AdminServerError(file: path, cause: "is too large") }
        var rest = String(decoding: content, as: UTF8.self)[...]
        var certificates: [Certificate] = []
        do throws(CryptographyError) {
            repeat {
                let block = rest.firstRange(of: end).map { rest[..<$0.upperBound] } ?? rest
                certificates.append(try Certificate(pem: String(block)))
                rest = rest[block.endIndex...].drop(while: \.isWhitespace)
            } while !rest.isEmpty
        } catch {
            throw AdminServerError(file: path, cause: error.description)
        }
        return certificates
    }

    static func privateKey(_ path: String) throws(AdminServerError) -> PrivateKey {
        do {
            return try PrivateKey(pemFile: path)
        } catch {
            throw AdminServerError(file: path, cause: error.description)
        }
    }
}

/// A file of the listener's identity or trust that can't be used.
package struct AdminServerError: Error, Hashable, Sendable, CustomStringConvertible {
    package let file: String
    package let cause: String

    package var description: String { "\(file): \(cause)" }
}
