import Cryptography
import PKCS11
import TestServices
import Testing

@testable import HSM

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct KeyCatalogueIntegrationTests {
    @Test func everyKeyThatSetUpMakesPassesTheCheckOfAnotherLogin() async throws {
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            var keys = [TokenKey(.rootKeyVersion, try session.createRootKeyVersion(label: "root").identifier)]
            for role in KeyRole.allCases where role != .rootKeyVersion {
                keys.append(TokenKey(role, try session.createKey(role, label: role.rawValue)))
            }
            session.close()
            let worker = try token.open()
            try worker.check(keys)
            #expect(try worker.publicKey(of: keys[1]).algorithm == .rsa(bits: 3072))
        }
    }

    @Test func missingKeysAreNamed() async throws {
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            let identifier = try #require(TokenKeyIdentifier([UInt8](repeating: 0xAB, count: 16)))
            let error = #expect(throws: HSMError(.keyMissing)) {
                try session.check([TokenKey(.recordMACKey, identifier), TokenKey(.checkpointKey, identifier)])
            }
            let text = try #require(error?.description)
            #expect(text.contains("record MAC key abababab") && text.contains("checkpoint key abababab"))
        }
    }

    /// Keys with one attribute weaker than it must be, each made in the token past Keyferry.
    @Test(arguments: [
        (KeyRole.rootKeyVersion, Attribute(.extractable, true)),
        (.rootKeyVersion, Attribute(.sensitive, false)),
        (.rootKeyVersion, Attribute(.decrypt, true)),
        (.rootKeyVersion, Attribute(.copyable, true)),
        (.rootKeyVersion, Attribute(.modifiable, true)),
        (.rootKeyVersion, Attribute(.valueLength, .number(16))),
        (.rootKeyVersion, Attribute(.allowedMechanisms, .mechanisms([.aesKeyWrapPad, .aesKeyWrap]))),
        (.rootKeyVersion, Attribute(.unwrapTemplate, .template([Attribute(.sensitive, true)]))),
        (.recordMACKey, Attribute(.extractable, true)),
        (.recordMACKey, Attribute(.verify, true)),
        (.recordMACKey, Attribute(.valueLength, .number(16))),
    ])
    func aWeakerSecretKeyIsRefusedByName(role: KeyRole, weakness: Attribute) async throws {
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            let identifier = try #require(TokenKeyIdentifier([UInt8](repeating: 9, count: 16)))
            let attributes = ([KeyTemplates.secretKeyLength] + KeyTemplates.requirements(for: role, .padded))
                .map { $0.type == weakness.type ? weakness : $0 }
            let template = Template([.identifier(identifier.bytes)] + attributes)
            let mechanism: MechanismType = role == .rootKeyVersion ? .aesKeyGeneration : .genericSecretKeyGeneration
            try session.performWriting { session throws(PKCS11Error) in
                _ = try session.generateKey(.plain(mechanism), template)
            }
            let error = #expect(throws: HSMError(.keyWeak)) { try session.check([TokenKey(role, identifier)]) }
            #expect(error?.detail == "\(role.name) \(identifier): \(weakness.type)")
        }
    }

    @Test(arguments: [
        (KeyRole.ticketKey, Attribute(.decrypt, true), "CKA_DECRYPT"),
        (.ticketKey, Attribute(.unwrapTemplate, .template([Attribute(.sensitive, true)])), "CKA_UNWRAP_TEMPLATE"),
        (.rootKeyImportKey, Attribute(.modulusBits, .number(2_048)), "CKA_MODULUS"),
        (.checkpointKey, Attribute(.extractable, true), "CKA_EXTRACTABLE"),
    ])
    func aWeakerKeyPairIsRefusedByName(role: KeyRole, weakness: Attribute, name: String) async throws {
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            let identifier = try #require(TokenKeyIdentifier([UInt8](repeating: 9, count: 16)))
            let weaken: (Attribute) -> Attribute = { $0.type == weakness.type ? weakness : $0 }
            let names = [Attribute.identifier(identifier.bytes)]
            let publicKey = Template((names + KeyTemplates.publicKey(for: role)).map(weaken))
            let privateKey = Template((names + KeyTemplates.requirements(for: role, .padded)).map(weaken))
            let mechanism: MechanismType = role == .checkpointKey ? .ecKeyPairGeneration : .rsaKeyPairGeneration
            try session.performWriting { session throws(PKCS11Error) in
                _ = try session.generateKeyPair(.plain(mechanism), publicKey: publicKey, privateKey: privateKey)
            }
            let error = #expect(throws: HSMError(.keyWeak)) { try session.check([TokenKey(role, identifier)]) }
            #expect(error?.detail == "\(role.name) \(identifier): \(name)")
        }
    }

    @Test func twoKeysOfOneIdentifierAreRefused() async throws {
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            let identifier = try #require(TokenKeyIdentifier([UInt8](repeating: 5, count: 16)))
            let template = Template(
                [.identifier(identifier.bytes), KeyTemplates.secretKeyLength]
                    + KeyTemplates.requirements(for: .rootKeyVersion, .padded)
            )
            for _ in 0..<2 {
                try session.performWriting { session throws(PKCS11Error) in
                    _ = try session.generateKey(.plain(.aesKeyGeneration), template)
                }
            }
            #expect(throws: HSMError(.keyAmbiguous)) { try session.check([TokenKey(.rootKeyVersion, identifier)]) }
        }
    }

    /// Whoever reaches the token may write public objects without the PIN.
    @Test func aForeignPublicHalfOfTheCheckpointKeyIsRefused() async throws {
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            let key = TokenKey(.checkpointKey, try session.createKey(.checkpointKey, label: "checkpoint"))
            let other = TokenKey(.checkpointKey, try session.createKey(.checkpointKey, label: "other"))
            let isPublic = Attribute.objectClass(.publicKey)
            let foreign = try session.perform { token throws(PKCS11Error) in
                let found = try token.session.findObjects(Template([isPublic, .identifier(other.identifier.bytes)]))
                return try token.session.bytes(of: .ecPoint, in: found[0])
            }
            let point = try #require(foreign)
            let own = Template([isPublic, .identifier(key.identifier.bytes)])
            let forged = Template(
                [isPublic, .keyType(.ec), .identifier(key.identifier.bytes), Attribute(.ecPoint, .bytes(point))]
                    + KeyTemplates.publicKey(for: .checkpointKey)
            )
            try session.performWriting { session throws(PKCS11Error) in
                for object in try session.findObjects(own) { try session.destroy(object) }
                _ = try session.createObject(forged)
            }
            #expect(throws: HSMError(.keyWeak)) { _ = try session.publicKey(of: key) }
            _ = try session.publicKey(of: other)
        }
    }

    /// What the attributes say, the token does: tried with the calls that they forbid.
    @Test func theTokenEnforcesTheTable() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            let root = try jobs.session.handle(of: TokenKey(.rootKeyVersion, jobs.root))
            let transport = try jobs.session.handle(of: jobs.transport)
            let kind = MaterialKind.aes(byteCount: 32)
            #expect(throws: HSMError(.operationFailed)) { try jobs.session.wrap(root, kind, under: transport) }
            #expect(throws: HSMError(.operationFailed)) { try jobs.session.wrap(transport, kind, under: root) }
            // Not the allowed mechanism.
            let made = try jobs.session.generateKey(kind, under: jobs.root)
            let passing = Template(KeyTemplates.passingKey(kind))
            #expect(throws: HSMError(.operationFailed)) {
                _ = try jobs.session.perform { token throws(PKCS11Error) in
                    try token.session.unwrapKey(made.wrapped, with: root, .plain(.aesKeyWrap), passing)
                }
            }
            // Not within the unwrap template.
            let readable = Template(
                KeyTemplates.passingKey(kind).map { $0.type == .sensitive ? Attribute(.sensitive, false) : $0 }
            )
            let refused = #expect(throws: HSMError(.operationFailed)) {
                _ = try jobs.session.perform { token throws(PKCS11Error) in
                    try token.session.unwrapKey(made.wrapped, with: root, .plain(.aesKeyWrapPad), readable)
                }
            }
            #expect(refused?.cause?.code == .templateInconsistent)
        }
    }
}

extension JobFixture {
    /// Session objects that this login sees, transport keys included.
    func sessionObjectCount() throws -> Int {
        let template = Template([Attribute(.token, false)])
        return try session.perform { token throws(PKCS11Error) in try token.session.findObjects(template).count }
    }
}
