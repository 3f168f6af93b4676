package import ArgumentParser
internal import Cryptography
internal import KMIP
internal import KMIPClient
internal import KMIPFraming
internal import TTLV

/// `keyferry kmip register`: Register (KMIP 1.4, 4.3) of a symmetric key in Raw format.
package struct RegisterCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Bring a symmetric key of one's own.",
        discussion: """
            The file, of mode 0600, holds the key as hexadecimal digits on one line, as 'get --key-file' writes it.
            """
    )

    @Argument(help: "The file with the key.", completion: .file())
    package var keyFile: String

    @Option(help: "The key's algorithm.")
    package var algorithm = KeyKind.aes

    @OptionGroup package var attributes: AttributeOptions
    @OptionGroup package var server: KMIPServerOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let key = SecretBox(try Self.readKey(keyFile))
        let length = Int32(key.bytes.count * 8)
        let block = KeyBlock(
            format: .raw,
            value: KeyValue(.bytes(key)),
            algorithm: algorithm.algorithm,
            length: length
        )
        let all =
            [
                Attribute(.cryptographicAlgorithm, .enumeration(algorithm.algorithm.rawValue)),
                Attribute(.cryptographicLength, .integer(length)),
                Attribute(
                    .cryptographicUsageMask,
                    .integer((CryptographicUsageMask.encrypt.union(.decrypt)).rawValue)
                ),
            ] + attributes.attributes
        let response = try await server.conversing { (kmip) async throws(KMIPClientError) in
            try await kmip.register(.symmetricKey(block), attributes: all)
        }
        try output.write(objectIdentifier: response.uniqueIdentifier)
    }

    static func readKey(_ path: String) throws(CommandFailure) -> SecretBytes {
        do {
            let text = try SecretBytes(contentsOfFile: path)
            if let key = try HexadecimalText.key(fromText: text) { return key }
        } catch {
            switch error.code {
            case .filePermissionsTooOpen:
                throw CommandFailure(.noInput, "others can read the key in \(path)", advice: "chmod 600 \(path)")
            case .fileUnreadable: throw CommandFailure(.noInput, "\(path) does not exist or can't be read")
            default: throw CommandFailure(.badInput, "\(path): \(error.description)")
            }
        }
        throw CommandFailure(.badInput, "\(path) does not hold a key as hexadecimal digits on one line")
    }
}
