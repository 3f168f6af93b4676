internal import Cryptography
internal import Foundation

/// Public files that a command is given.
enum InputFile {
    private static let longest = 65_536

    /// A small file.
    static func text(_ path: String) throws(CommandFailure) -> String {
        let content = try bytes(path, upTo: longest)
        guard content.count <= longest else {
            throw CommandFailure(.badInput, "\(path) is larger than a certificate file is")
        }
        return String(decoding: content, as: UTF8.self)
    }

    /// - Returns: the file; of one that is longer than `longest`, one byte more than that.
    static func bytes(_ path: String, upTo longest: Int) throws(CommandFailure) -> [UInt8] {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            return try Array(handle.read(upToCount: longest + 1) ?? Data())
        } catch {
            throw CommandFailure(.noInput, "\(path) does not exist or can't be read")
        }
    }

    static func certificate(_ path: String) throws(CommandFailure) -> Certificate {
        let pem = try text(path)
        do {
            return try Certificate(pem: pem)
        } catch {
            throw CommandFailure(.badInput, "\(path) \(Self.reason(error))", advice: Self.advice(error))
        }
    }

    static func privateKey(_ path: String) throws(CommandFailure) -> PrivateKey {
        do {
            return try PrivateKey(pemFile: path)
        } catch {
            switch error.code {
            case .filePermissionsTooOpen:
                throw CommandFailure(
                    .noInput,
                    "others can read the private key in \(path)",
                    advice: "chmod 600 \(path)"
                )
            case .fileUnreadable: throw CommandFailure(.noInput, "\(path) does not exist or can't be read")
            default:
                throw CommandFailure(
                    .badInput,
                    "\(path) holds no private key that can be used",
                    advice: "It must be PEM, not encrypted: RSA of 2048 bits or more, or P-256."
                )
            }
        }
    }

    private static func reason(_ error: CryptographyError) -> String {
        switch error.code {
        case .privateKeyInsteadOfCertificate: "holds a private key; it was not sent anywhere"
        case .moreThanOneCertificate: "holds more than one certificate"
        case .trailingData: "holds something beside the certificate"
        case .notPEM: "holds no PEM certificate"
        default: "holds no certificate that can be read"
        }
    }

    private static func advice(_ error: CryptographyError) -> String {
        switch error.code {
        case .privateKeyInsteadOfCertificate: "Give the file with the certificate alone: the key stays with its owner."
        case .moreThanOneCertificate: "Give the client's own certificate, without its chain."
        default: "Expected are the lines from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, and no others."
        }
    }
}
