import Cryptography
import PKCS11
import TestServices
import Testing

@testable import HSM

/// Keys that their owner brings, wrapped as OpenSSL does it.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct RootKeyImportIntegrationTests {
    private static let bytes = (1...32).map { UInt8($0) }

    private func tokenObjectCount(_ session: HSMSession) throws -> Int {
        let template = Template([Attribute(.token, true)])
        return try session.perform { token throws(PKCS11Error) in try token.session.findObjects(template).count }
    }

    private func sessionObjectCount(_ session: HSMSession) throws -> Int {
        let template = Template([Attribute(.token, false)])
        return try session.perform { token throws(PKCS11Error) in try token.session.findObjects(template).count }
    }

    private func withImportKey(
        _ body: (SoftHSMToken, HSMSession, TokenKeyIdentifier, PublicKey) throws -> Void
    ) async throws {
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            let key = try session.createKey(.rootKeyImportKey, label: "import")
            try body(token, session, key, try session.publicKey(of: TokenKey(.rootKeyImportKey, key)))
        }
    }

    @Test func anImportedKeyIsTheOwnersAndAsAnyOther() async throws {
        try await withImportKey { token, session, key, publicKey in
            let wrapped = try publicKey.encryptOAEPSHA1(try secret(Self.bytes))
            let made = try session.importRootKeyVersion(wrapped, with: key, label: "keyferry-root-test-v1")
            // Whoever has the bytes opens what it wraps: here OpenSSL.
            let generated = try session.generateKey(.aes(byteCount: 16), under: made.identifier)
            let opened = try AESKeyWrapPadded.unwrap(generated.wrapped, under: try secret(Self.bytes))
            #expect(SHA256.hash(opened.withUnsafeBytes { Array($0) }) == generated.digestSHA256)
            #expect(try sessionObjectCount(session) == 0)
            session.close()
            // Another login checks it as every other root key version.
            let worker = try token.open()
            try worker.check([TokenKey(.rootKeyVersion, made.identifier)])
            try worker.unwrapCanary(made.canary, under: made.identifier)
            let handle = try worker.handle(of: TokenKey(.rootKeyVersion, made.identifier))
            for requirement in KeyTemplates.requirements(for: .rootKeyVersion, .padded) {
                let value = try worker.perform { token throws(PKCS11Error) in
                    try token.session.value(like: requirement, in: handle)
                }
                #expect(KeyCheck.isMet(requirement, by: value), "\(requirement.type)")
            }
        }
    }

    @Test(arguments: [1, 8, 16, 20, 24, 31, 33, 40, 48, 64, 342])
    func aKeyOfAnotherLengthIsRefusedAndLeavesNothing(length: Int) async throws {
        try await withImportKey { _, session, key, publicKey in
            let before = try tokenObjectCount(session)
            let wrapped = try publicKey.encryptOAEPSHA1(try secret([UInt8](repeating: 7, count: length)))
            #expect(throws: HSMError(.lengthNotSupported)) {
                try session.importRootKeyVersion(wrapped, with: key, label: "x")
            }
            #expect(try tokenObjectCount(session) == before)
            #expect(try sessionObjectCount(session) == 0)
        }
    }

    @Test func whatDoesNotOpenIsRefusedAndLeavesNothing() async throws {
        try await withImportKey { _, session, key, publicKey in
            let other = try session.createKey(.rootKeyImportKey, label: "other")
            let before = try tokenObjectCount(session)
            let good = try publicKey.encryptOAEPSHA1(try secret(Self.bytes))
            var altered = good
            altered[200] ^= 1
            let cases: [(String, [UInt8], TokenKeyIdentifier)] = [
                ("altered", altered, key), ("for another key", good, other), ("cut short", Array(good.dropLast()), key),
                ("longer", good + [0], key), ("nothing", [], key),
                ("garbage", [UInt8](repeating: 0x5A, count: good.count), key),
                ("above the modulus", [UInt8](repeating: 0xFF, count: good.count), key),
            ]
            for (what, wrapped, key) in cases {
                #expect(throws: HSMError(.wrappedKeyRejected), "\(what)") {
                    try session.importRootKeyVersion(wrapped, with: key, label: "x")
                }
            }
            #expect(try tokenObjectCount(session) == before)
            #expect(try sessionObjectCount(session) == 0)
            _ = try session.importRootKeyVersion(good, with: key, label: "x")
        }
    }
}
