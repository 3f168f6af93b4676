import Cryptography
import HSM
import Logging

/// Makes the SoftHSM token of an installation, with random PINs, and the keys in it.
struct TokenPreparation {
    static let tokenLabel = "keyferry"
    /// Characters of five bits each: 120 bits.
    private static let pinCharacterCount = 24

    let folder: InstallationFolder
    let modulePath: String
    let logger: Logger

    /// What was made. The handles are found again by these identifiers.
    struct Keys {
        let recordMAC: TokenKeyIdentifier
        let checkpoint: TokenKeyIdentifier
        let rootKeyImport: TokenKeyIdentifier
        let ticket: TokenKeyIdentifier
        let ticketPublicKey: PublicKey
        let root: CreatedRootKeyVersion
    }

    /// Makes the token and logs in. The PINs leave secure memory for their files only.
    func makeToken() throws -> HSMSession {
        try writeSoftHSMConfiguration(tokenFolder: folder.tokenFolder, replacing: false)
        let pin = try SecretBytes.randomText(characterCount: Self.pinCharacterCount)
        let securityOfficerPIN = try SecretBytes.randomText(characterCount: Self.pinCharacterCount)
        try pin.write(toFile: folder.pinFile)
        try securityOfficerPIN.write(toFile: folder.securityOfficerPINFile)
        let location = TokenLocation(
            modulePath: modulePath,
            selector: .label(Self.tokenLabel),
            softHSMConfiguration: folder.softHSMConfigurationFile
        )
        let guardFolder = folder.guardFolder
        _ = try TokenInitialization(location: location, guardDirectory: guardFolder, logger: logger)
            .run(securityOfficerPIN: securityOfficerPIN, pin: pin)
        return try HSMSession(
            settings: HSMSettings(location: location, guardDirectory: guardFolder),
            pin: pin,
            logger: logger
        )
    }

    /// - Parameter rootKey: the identifier of the first root key, for the label of its version.
    static func makeKeys(in session: HSMSession, rootKey: String) throws(HSMError) -> Keys {
        let ticket = try session.createKey(.ticketKey, label: "keyferry-ticket")
        return Keys(
            recordMAC: try session.createKey(.recordMACKey, label: "keyferry-record-mac"),
            checkpoint: try session.createKey(.checkpointKey, label: "keyferry-checkpoint"),
            rootKeyImport: try session.createKey(.rootKeyImportKey, label: "keyferry-root-key-import"),
            ticket: ticket,
            ticketPublicKey: try session.publicKey(of: TokenKey(.ticketKey, ticket)),
            root: try session.createRootKeyVersion(
                label: HSMSession.rootKeyVersionLabel(rootKey: rootKey, version: 1)
            )
        )
    }

    /// - Parameter tokenFolder: absolute, for SoftHSM would take a relative one from where the process was started.
    func writeSoftHSMConfiguration(tokenFolder: String, replacing: Bool) throws(CryptographyError) {
        let text = """
            # SoftHSM's configuration, softhsm2.conf(5). The path must be absolute: change it if you move this folder.
            directories.tokendir = \(tokenFolder)
            objectstore.backend = file
            log.level = ERROR

            """
        let path = folder.softHSMConfigurationFile
        try DurableFile.write(Array(text.utf8), to: path, mode: 0o600, replacing: replacing)
    }
}
