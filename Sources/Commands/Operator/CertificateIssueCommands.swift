internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import Cryptography
internal import Foundation

package struct IssuedValidityOption: ParsableArguments {
    @Option(help: ArgumentHelp("For so many days the certificate is valid: 1 to 3650.", valueName: "days"))
    package var days = 365

    package init() {}

    package func validate() throws {
        guard (1...3_650).contains(days) else { throw ValidationError("A certificate is valid for 1 to 3650 days.") }
    }
}

/// `keyferry certificate sign CSR --name N --instance I --out-certificate F`
package struct SignCertificate: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a client's certificate request (CSR), and register the certificate.",
        discussion: """
            For vCenter's "New Certificate Signing Request". Signing happens on this machine, with a CA for clients that \
            is made when it is first needed: clients.pem and clients.key, in the folder 'authorities' beside the \
            settings, or where --authority says. The request's subject is kept, and nothing else of what it asks for. \
            Upload the file that is made to vCenter.
            """
    )

    @Argument(help: "A file with the request in PEM.", completion: .file())
    package var request: String

    @Option(name: .shortAndLong, help: "A name for the certificate, unique in the instance.")
    package var name: String

    @Option(help: ArgumentHelp("A new file for the signed certificate.", valueName: "file"), completion: .file())
    package var outCertificate: String

    @Option(
        help: ArgumentHelp("The folder of the CA. (default: authorities, beside the settings)", valueName: "folder"),
        completion: .directory
    )
    package var authority: String?

    @OptionGroup package var validity: IssuedValidityOption
    @OptionGroup package var instance: InstanceOption
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard ResourceName.isValid(name) else { throw ValidationError("A name is \(ResourceName.rule).") }
    }

    package func perform() async throws(CommandFailure) {
        let request = try InputFile.certificateRequest(request)
        try NewFile.requireAbsent(outCertificate)
        let client = try await connection.connect()
        let now = Int64(Date().timeIntervalSince1970)
        let settings = OperatorProfiles(home: connection.home, environment: Console.current.environment)
        let authority = try ClientAuthority(in: authority ?? settings.folder + "/authorities", now: now)
        let certificate = try authority.sign(request, name: name, days: validity.days, now: now)
        try NewFile.write(certificate.pem, to: outCertificate)
        let registration = Registration(certificate: certificate, name: name, instance: instance.instance)
        let added = try await registration.register(by: client, files: [outCertificate])
        try output.write(added) {
            AddCertificate.text(added, instance: instance.instance)
                + "\nThe signed certificate is in \(outCertificate): upload it to the client."
        }
    }
}

/// `keyferry certificate issue NAME --instance I --out-certificate F --out-key F`
package struct IssueCertificate: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Make a client certificate with its private key, and register it.",
        discussion: """
            For vCenter's "Upload certificate and private key". The key (RSA-2048) is made on this machine and goes \
            nowhere else; move it to the client by a safe way, and delete it here.
            """
    )

    @Argument(help: "A name for the certificate, unique in the instance.")
    package var name: String

    @Option(help: ArgumentHelp("A new file for the certificate.", valueName: "file"), completion: .file())
    package var outCertificate: String

    @Option(
        help: ArgumentHelp("A new file for the private key; its owner alone can read it.", valueName: "file"),
        completion: .file()
    )
    package var outKey: String

    @OptionGroup package var validity: IssuedValidityOption
    @OptionGroup package var instance: InstanceOption
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard ResourceName.isValid(name) else { throw ValidationError("A name is \(ResourceName.rule).") }
        guard outKey != outCertificate else { throw ValidationError("Certificate and key are two files.") }
    }

    package func perform() async throws(CommandFailure) {
        try NewFile.requireAbsent(outKey)
        try NewFile.requireAbsent(outCertificate)
        let client = try await connection.connect()
        let (certificate, key) = try make()
        try NewFile.write(key, to: outKey)
        do {
            try NewFile.write(certificate.pem, to: outCertificate)
        } catch {
            NewFile.remove(outKey)
            throw error
        }
        let registration = Registration(certificate: certificate, name: name, instance: instance.instance)
        let added = try await registration.register(by: client, files: [outCertificate, outKey])
        try output.write(added) {
            AddCertificate.text(added, instance: instance.instance)
                + "\nUpload \(outCertificate) and \(outKey) to the client, then delete the key here."
        }
    }

    private func make() throws(CommandFailure) -> (Certificate, PrivateKey) {
        do {
            let key = try PrivateKey.generate(.rsa2048)
            let now = Int64(Date().timeIntervalSince1970)
            let template = ClientCertificateTemplate.make(
                commonName: name,
                validity: .days(validity.days, from: now),
                key: key.publicKey
            )
            return (try .selfSigned(template, key: key), key)
        } catch {
            throw CommandFailure(.notUnderstood, "a key and a certificate can't be made: \(error)")
        }
    }
}

/// A certificate that was made here, on its way to the server.
private struct Registration {
    let certificate: Certificate
    let name: String
    let instance: String

    /// - Parameter files: what was written of it.
    func register(by client: AdminRESTClient, files: [String]) async throws(CommandFailure) -> CertificateResource {
        let new = NewCertificate(name: name, pem: certificate.pem)
        return try await NewFile.keeping(files, listedBy: "keyferry certificate list") {
            () async throws(CommandFailure) in
            try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
                try await client.addCertificate(new, to: instance)
            }
        }
    }
}

extension InputFile {
    /// A request whose signature shows that its sender holds the key, of a kind that is strong enough.
    static func certificateRequest(_ path: String) throws(CommandFailure) -> CertificateRequest {
        let pem = try text(path)
        let request: CertificateRequest
        do {
            request = try CertificateRequest(pem: pem)
        } catch {
            let reason =
                switch error.code {
                case .privateKeyInsteadOfCertificate: "holds a private key; it was not sent anywhere"
                case .invalidSignature: "holds a request that its own key has not signed"
                case .trailingData: "holds something beside the request"
                case .unsupportedKey: "holds a request with a key of an unknown kind"
                default: "holds no certificate request that can be read"
                }
            throw CommandFailure(
                .badInput,
                "\(path) \(reason)",
                advice:
                    "Expected are the lines from -----BEGIN CERTIFICATE REQUEST----- to its END line, and no others."
            )
        }
        switch request.publicKey.algorithm {
        case .rsa(let bits) where (2_048...8_192).contains(bits): break
        case .p256: break
        default:
            throw CommandFailure(
                .badInput,
                "\(path) has a key that is not taken: \(request.publicKey.algorithm)",
                advice: "It must be RSA of 2048 to 8192 bits, or P-256."
            )
        }
        guard request.subjectName.count <= 1_024 else {
            throw CommandFailure(.badInput, "\(path) has a subject of more than 1024 bytes")
        }
        return request
    }
}
