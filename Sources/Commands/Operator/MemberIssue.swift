package import ArgumentParser
internal import Cryptography
internal import Foundation

/// Options of the commands that issue a certificate to an operator or a service.
package struct MemberIssueOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A new file for the certificate.", valueName: "file"), completion: .file())
    package var outCertificate: String

    @Option(
        help: ArgumentHelp(
            "A new file for a private key that is made here; its owner alone can read it.",
            valueName: "file"
        ),
        completion: .file()
    )
    package var outKey: String?

    @Option(
        help: ArgumentHelp(
            "Instead of making a key: a certificate request (CSR) of whoever has one, P-256.",
            valueName: "file"
        ),
        completion: .file()
    )
    package var request: String?

    @Option(
        help: ArgumentHelp("The folder of the CA. (default: authorities, beside the settings)", valueName: "folder"),
        completion: .directory
    )
    package var authority: String?

    @OptionGroup package var validity: IssuedValidityOption

    package init() {}

    package func validate() throws {
        guard (outKey == nil) != (request == nil) else {
            throw ValidationError(
                "Give --out-key to have a key made here, or --request for a key that is made elsewhere."
            )
        }
        guard outKey != outCertificate else { throw ValidationError("Certificate and key are two files.") }
    }
}

/// A certificate that one of the site's CAs has issued here, in its file.
struct IssuedMember {
    let certificate: Certificate
    /// What was written: the certificate, and its key if it was made here.
    let files: [String]

    /// - Parameters:
    ///   - authority: `operators` or `services`.
    ///   - issue: makes the certificate, given the CA, the key and the time in seconds since 1970.
    init(
        _ options: MemberIssueOptions,
        by authority: String,
        settings: OperatorProfiles,
        _ issue: (CertificateAuthority, PublicKey, Int64) throws -> Certificate
    ) throws(CommandFailure) {
        for path in [options.outCertificate, options.outKey].compactMap({ $0 }) { try NewFile.requireAbsent(path) }
        let authority = try Self.authority(authority, in: options.authority ?? settings.folder + "/authorities")
        let (publicKey, key) = try Self.key(options)
        do {
            certificate = try issue(authority, publicKey, Int64(Date().timeIntervalSince1970))
        } catch {
            throw CommandFailure(.badInput, "a certificate can't be issued: \(error)")
        }
        if let key, let path = options.outKey { try NewFile.write(key, to: path) }
        do {
            try NewFile.write(certificate.pem, to: options.outCertificate)
        } catch {
            options.outKey.map(NewFile.remove)
            throw error
        }
        files = [options.outCertificate, options.outKey].compactMap { $0 }
    }

    private static func key(_ options: MemberIssueOptions) throws(CommandFailure) -> (PublicKey, PrivateKey?) {
        if let path = options.request {
            let request = try InputFile.certificateRequest(path)
            guard request.publicKey.algorithm == .p256 else {
                throw CommandFailure(.badInput, "\(path) has a key that is not taken: it must be P-256")
            }
            return (request.publicKey, nil)
        }
        do {
            let key = try PrivateKey.generate(.p256)
            return (key.publicKey, key)
        } catch {
            throw CommandFailure(.notUnderstood, "a key can't be made: \(error)")
        }
    }

    private static func authority(_ name: String, in folder: String) throws(CommandFailure) -> CertificateAuthority {
        let (certificateFile, keyFile) = ("\(folder)/\(name).pem", "\(folder)/\(name).key")
        for file in [certificateFile, keyFile] where !FileManager.default.fileExists(atPath: file) {
            throw CommandFailure(
                .noInput,
                "there is no \(file)",
                advice: "The CA of \(name) is where the site was set up, or offline: --authority says in which folder."
            )
        }
        return try .read(certificateFile, keyFile)
    }
}

extension CertificateAuthority {
    static func read(_ certificateFile: String, _ keyFile: String) throws(CommandFailure) -> CertificateAuthority {
        let certificate = try InputFile.certificate(certificateFile)
        let key = try InputFile.privateKey(keyFile)
        do {
            return try CertificateAuthority(certificate: certificate, key: key)
        } catch {
            throw CommandFailure(.badInput, "\(certificateFile) is not the certificate of a CA with the key \(keyFile)")
        }
    }
}

extension NewFile {
    /// Has the server told of what was made here.
    ///
    /// - Parameters:
    ///   - files: what was written of it: removed where the server has refused it, and kept where it may be registered all
    ///     the same.
    ///   - list: the command that shows whether it is.
    static func keeping<Value>(
        _ files: [String],
        listedBy list: String,
        _ register: () async throws(CommandFailure) -> Value
    ) async throws(CommandFailure) -> Value {
        do {
            return try await register()
        } catch {
            switch error.exitCode {
            case .refused, .notPermitted, .configuration: files.forEach(NewFile.remove)
            default:
                Console.current.error(
                    "Kept \(files.joined(separator: " and ")): '\(list)' shows whether it is registered."
                )
            }
            throw error
        }
    }
}
