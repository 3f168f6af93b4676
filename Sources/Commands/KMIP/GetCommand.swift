package import ArgumentParser
internal import Cryptography
internal import KMIP
internal import KMIPClient
internal import TTLV

/// `keyferry kmip get`: Get (KMIP 1.4, 4.11).
package struct GetCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Fetch a key.",
        discussion: """
            The key itself is shown or stored only where that is asked for: --reveal prints it, and nothing else, as \
            hexadecimal digits; --key-file writes it so to a new file of mode 0600.
            """
    )

    @Argument(help: "The object's unique identifier.")
    package var identifier: String

    @Flag(help: "Print the key.")
    package var reveal = false

    @Option(help: "Write the key to this file, which must not exist.", completion: .file())
    package var keyFile: String?

    @OptionGroup package var server: KMIPServerOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard !reveal || keyFile == nil else { throw ValidationError("Give either --reveal or --key-file.") }
        guard !reveal || output.output == .table else {
            throw ValidationError("--reveal prints the key alone, not JSON.")
        }
    }

    struct Description: Encodable {
        let uniqueIdentifier: String
        let objectType: String
        let algorithm: String?
        /// In bits.
        let length: Int32?
        let keyFormat: String?
        let byteCount: Int
    }

    package func perform() async throws(CommandFailure) {
        let response = try await server.conversing { (kmip) async throws(KMIPClientError) in
            try await kmip.get(identifier)
        }
        guard let (material, block) = Self.content(of: response.object) else {
            throw CommandFailure(
                .notUnderstood,
                "the server sent \(response.objectType), without content to be used here"
            )
        }
        if reveal || keyFile != nil {
            try release(material)
        }
        guard !reveal else { return }
        let description = Description(
            uniqueIdentifier: response.uniqueIdentifier,
            objectType: response.objectType.description,
            algorithm: block?.algorithm?.description,
            length: block?.length,
            keyFormat: block?.format.description,
            byteCount: material.count
        )
        try output.write(description) { text(description) }
    }

    private func text(_ description: Description) -> String {
        let place = keyFile.map { "in \($0)" } ?? "not shown: --reveal prints it, --key-file writes it to a file"
        return """
            identifier  \(printable(description.uniqueIdentifier))
            object      \(description.objectType)
            algorithm   \(description.algorithm ?? "-")
            length      \(description.length.map { "\($0)" } ?? "-")
            format      \(description.keyFormat ?? "-")
            material    \(description.byteCount) bytes, \(place)
            """
    }

    private func release(_ material: any SecretContent) throws(CommandFailure) {
        do {
            let line = try material.withUnsafeBytes { bytes in
                Result { () throws(CryptographyError) in SecretBox(try HexadecimalText.line(ofKey: bytes)) }
            }.get()
            if let keyFile {
                try line.bytes.write(toFile: keyFile)
            } else {
                line.bytes.withUnsafeBytes { Console.current.secretOutput($0) }
            }
        } catch {
            throw error.code == .fileExists
                ? CommandFailure(.cannotWrite, "\(keyFile ?? "") exists already; it was not replaced")
                : CommandFailure(.cannotWrite, "the key can't be written: \(error.description)")
        }
    }

    private static func content(of object: ManagedObject) -> (any SecretContent, KeyBlock?)? {
        switch object {
        case .symmetricKey(let block), .secretData(_, let block):
            switch block.value?.material {
            case .bytes(let secret), .transparentSymmetricKey(let secret): (secret, block)
            case .wrapped, nil: nil
            }
        case .opaqueObject(_, let secret): (secret, nil)
        case .unsupported: nil
        }
    }
}
