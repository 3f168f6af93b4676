internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import Cryptography
internal import Foundation
internal import OperatorSignatures

/// `keyferry root-key import-token`
package struct ShowRootKeyImportToken: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "import-token",
        abstract: "Print what it takes to bring a root key of your own.",
        discussion: """
            Prints the public key that a root key is wrapped under, and the commands that make and wrap one with openssl. A \
            worker has signed the public key with its identity; this command verifies that. The private half never leaves \
            the HSM.
            """
    )

    @Option(
        help: ArgumentHelp("Write the public key into a new file, in PEM.", valueName: "file"),
        completion: .file()
    )
    package var outPublicKey: String?

    @Option(
        help: ArgumentHelp(
            "The CA that the workers' certificates are of. (default: serverAuthorityFile of the settings)",
            valueName: "file"
        ),
        completion: .file()
    )
    package var servicesAuthority: String?

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        if let outPublicKey { try NewFile.requireAbsent(outPublicKey) }
        let client = try await connection.connect()
        let authority: Certificate
        if let servicesAuthority {
            authority = try InputFile.certificate(servicesAuthority)
        } else {
            authority = try await connection.serverAuthority()
        }
        let signed = try await requesting { () async throws(AdminClientError) in
            try await client.rootKeyImportToken()
        }
        let token = try RootKeyImportToken(verifying: signed, authority: authority)
        if let outPublicKey { try NewFile.write(token.publicKeyPem, to: outPublicKey) }
        try output.write(token) { token.text(file: outPublicKey) }
    }
}

/// The import key, as a worker signed it.
struct RootKeyImportToken: Encodable, Hashable {
    let partition: String
    let tokenSerial: String
    /// SubjectPublicKeyInfo.
    let publicKeyPem: String
    /// SHA-256 of the SubjectPublicKeyInfo in DER, in hexadecimal.
    let fingerprint: String
    /// Who signed it: the fingerprint of the worker's certificate.
    let signedBy: String

    /// - Throws: `.notUnderstood` for what no worker of a partition has signed.
    init(verifying signed: SignedStatementResource, authority: Certificate) throws(CommandFailure) {
        do {
            let certificate = try Certificate(pem: signed.certificatePem)
            let statement = try ImportKeyStatement(
                verifying: Array(signed.statement.utf8),
                signature: signed.signature,
                certificate: certificate,
                authority: authority,
                at: Int64(Date().timeIntervalSince1970)
            )
            let publicKey = try PublicKey(pem: statement.publicKeyPEM)
            partition = statement.partition
            tokenSerial = statement.tokenSerial
            publicKeyPem = publicKey.pem
            fingerprint = HexadecimalText.encode(SHA256.hash(publicKey.subjectPublicKeyInfo))
            signedBy = HexadecimalText.encode(certificate.fingerprintSHA256)
        } catch {
            throw CommandFailure(
                .notUnderstood,
                "the import key that this server shows is not to be believed: \(printable("\(error)"))",
                advice:
                    "Wrap nothing under it. If the workers' certificates are of another CA than the server's, give it:"
                    + " --services-authority FILE."
            )
        }
    }

    /// - Parameter file: where the public key was written.
    func text(file: String?) -> String {
        let head = """
            Import key of partition \(printable(partition)), in the token with the serial \(printable(tokenSerial)); a worker signed it.
              fingerprint  \(fingerprint)
              signed by    \(signedBy)
            """
        let place = file.map { "It is in \($0)." } ?? "Save it as import-key.pem:\n\n" + publicKeyPem.trimmingLines
        return head + "\n" + place + "\n\n" + Self.instructions(file: file ?? "import-key.pem")
    }

    /// The fingerprint is of what `openssl pkey -outform DER` makes of the file.
    private static func instructions(file: String) -> String {
        """
        Make a root key of 32 random bytes, wrap it, and bring it. Do it in memory, as in a new folder in /dev/shm: what is
        written to a disk can't be wiped with certainty.

            umask 077
            openssl rand -out root.key 32
            openssl pkeyutl -encrypt -pubin -inkey \(quoted(file)) -in root.key -out root.wrapped \
        -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha1 -pkeyopt rsa_mgf1_md:sha1
            shred -u root.key
            keyferry root-key import NAME --wrapped-key root.wrapped

        Whoever keeps a copy of root.key can open every key under it, without this server. SHA-1 is what RSA-OAEP has in most
        HSMs; its weakness does not matter there.
        """
    }

    /// As a shell takes it for one word.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            ResourceName.isValid(String(UnicodeScalar(byte))) || "./_-".utf8.contains(byte)
        }
        return isPlain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
    }
}

extension String {
    /// Without the line's end at the end.
    fileprivate var trimmingLines: String { hasSuffix("\n") ? String(dropLast()) : self }
}

/// `keyferry root-key import NAME --wrapped-key FILE`
package struct ImportRootKey: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a root key of a key of your own, which you have wrapped.",
        discussion: """
            'keyferry root-key import-token' says how to make and wrap one. The key is unwrapped inside the HSM, gets the same \
            restrictions as one that is made there, and is tried before anyone can use it. You sign the request with your own \
            key, here. Takes the role 'key-owner'.
            """
    )

    @Argument(help: "A name for the root key.")
    package var name: String

    @Option(help: ArgumentHelp("The wrapped key.", valueName: "file"), completion: .file())
    package var wrappedKey: String

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard ResourceName.isValid(name) else { throw ValidationError("A name is \(ResourceName.rule).") }
    }

    package func perform() async throws(CommandFailure) {
        let wrapped = try InputFile.wrappedRootKey(wrappedKey)
        let (client, signing) = try await connection.connectToSign()
        let partition = try await ChosenRootKey.partition(of: client)
        let signed = try signing.sign(
            .importRootKey(
                partition: partition,
                name: name,
                wrappedKey: HexadecimalText.encode(SHA256.hash(wrapped))
            )
        )
        let new = RootKeyToImport(name: name, wrappedKey: wrapped, signed: signed)
        let made = try await requesting { () async throws(AdminClientError) in try await client.importRootKey(new) }
        try output.write(made) {
            "Root key '\(printable(made.name))' of partition \(printable(made.partition)) is in the HSM: "
                + "\(printable(made.identifier)).\n"
                + "Outside it the key is safe only where you keep a copy of it; destroy every other."
        }
    }
}

extension RotateRootKey {
    /// To a version that its owner made.
    func rotate(
        to wrapped: [UInt8],
        _ client: AdminRESTClient,
        _ signing: OperatorSigning
    ) async throws(CommandFailure) -> OperationResource {
        let chosen = try await ChosenRootKey(rootKey.rootKey, of: client)
        let signed = try signing.sign(
            .importRootKeyVersion(
                partition: chosen.partition,
                rootKey: .init(name: chosen.name, identifier: chosen.identifier),
                wrappedKey: HexadecimalText.encode(SHA256.hash(wrapped))
            )
        )
        let version = RootKeyVersionToImport(wrappedKey: wrapped, signed: signed)
        return try await requesting { () async throws(AdminClientError) in
            try await client.importRootKeyVersion(version, of: chosen.identifier)
        }
    }
}

extension InputFile {
    /// The longest that a modulus of 8,192 bits makes.
    private static let longestWrappedKey = 1_024
    /// The shortest, of 2,048 bits. A root key itself has 32 bytes.
    private static let shortestWrappedKey = 256

    /// A root key that is wrapped. A file that may hold the key itself is not even read.
    static func wrappedRootKey(_ path: String) throws(CommandFailure) -> [UInt8] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if attributes?[.type] as? FileAttributeType == .typeRegular, let size = attributes?[.size] as? Int {
            try requireWrapped(size, path)
        }
        let wrapped = try bytes(path, upTo: longestWrappedKey)
        try requireWrapped(wrapped.count, path)
        return wrapped
    }

    private static func requireWrapped(_ count: Int, _ path: String) throws(CommandFailure) {
        guard count >= shortestWrappedKey else {
            throw CommandFailure(
                .badInput,
                "\(path) has \(count) bytes, which is no wrapped root key; it was not sent anywhere",
                advice: "Give what 'openssl pkeyutl -encrypt' has made, not the key itself."
            )
        }
        guard count <= longestWrappedKey else {
            throw CommandFailure(.badInput, "\(path) is longer than a wrapped root key is")
        }
    }
}
