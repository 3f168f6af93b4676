import Cryptography
import Logging
import TestServices

@testable import HSM

extension SoftHSMToken {
    var location: TokenLocation {
        TokenLocation(
            modulePath: SoftHSMToken.modulePath,
            selector: .label(label),
            softHSMConfiguration: configurationPath
        )
    }

    var settings: HSMSettings { HSMSettings(location: location, guardDirectory: guardDirectory) }

    func open(_ change: (inout HSMSettings) -> Void = { _ in }) throws -> HSMSession {
        var settings = settings
        change(&settings)
        let pin = try SecretBytes(contentsOfFile: pinPath)
        return try HSMSession(settings: settings, pin: pin, logger: Logger(label: "test"))
    }
}

func secret(_ bytes: [UInt8]) throws -> SecretBytes {
    var secret = try SecretBytes(count: bytes.count)
    secret.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    return secret
}

/// A session with the keys that jobs need, and the gateway's side of a transport key.
struct JobFixture {
    let session: HSMSession
    let root: TokenKeyIdentifier
    let canary: [UInt8]
    let ticketKey: TokenKeyIdentifier
    let transport: TransportKeyReference
    let gateway: SecretBox

    init(_ token: SoftHSMToken, _ change: (inout HSMSettings) -> Void = { _ in }) throws {
        session = try token.open(change)
        let version = try session.createRootKeyVersion(label: "keyferry-root-test-v1")
        root = version.identifier
        canary = version.canary
        ticketKey = try session.createKey(.ticketKey, label: "keyferry-ticket")
        gateway = SecretBox(try SecretBytes.random(count: 32))
        transport = try session.importTransportKey(
            try session.publicKey(of: TokenKey(.ticketKey, ticketKey)).encryptOAEPSHA1(gateway.bytes),
            with: ticketKey
        )
    }

    /// What a gateway does with what it gets.
    func received(_ wrapped: [UInt8]) throws -> [UInt8] {
        try AESKeyWrapPadded.unwrap(wrapped, under: gateway.bytes).withUnsafeBytes { Array($0) }
    }

    /// What a gateway does with what it registers.
    func sent(_ material: [UInt8]) throws -> [UInt8] {
        try AESKeyWrapPadded.wrap(try secret(material), under: gateway.bytes)
    }

    func get(_ wrapped: [UInt8], _ kind: MaterialKind) throws -> [UInt8] {
        try session.rewrap(wrapped, from: .rootKeyVersion(root), to: .transportKey(transport), kind)
    }

    func register(_ wrapped: [UInt8], _ kind: MaterialKind) throws -> [UInt8] {
        try session.rewrap(wrapped, from: .transportKey(transport), to: .rootKeyVersion(root), kind)
    }
}
