import Cryptography
import PKCS11
import TestServices
import Testing

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct PKCS11IntegrationTests {
    /// Runs a body with a user's read-write session of a fresh token.
    private func withSession(_ body: (borrowing Session, Module) throws -> Void) async throws {
        try await SoftHSMModule.withToken { token in
            EnvironmentForSoftHSM.select(token.configurationPath)
            let module = try Module(path: SoftHSMToken.modulePath)
            try module.initialize()
            defer { try? module.finalize() }
            let found = try #require(try module.tokens().first { $0.label == token.label })
            #expect(found.isInitialized && !found.serial.isEmpty)
            let session = try module.openSession(on: found.slot, readWrite: true)
            try session.login(.user, pin: try SecretBytes(contentsOfFile: token.pinPath))
            try body(session, module)
        }
    }

    private static let wrappingKey: [Attribute] = [
        .objectClass(.secretKey), .keyType(.aes), Attribute(.valueLength, .number(32)), Attribute(.token, false),
        Attribute(.isPrivate, true), Attribute(.sensitive, true), Attribute(.extractable, false),
        Attribute(.wrap, true), Attribute(.unwrap, true),
        Attribute(.allowedMechanisms, .mechanisms([.aesKeyWrapPad, .aesKeyWrap])),
        Attribute(.unwrapTemplate, .template([Attribute(.sensitive, true), Attribute(.decrypt, false)])),
    ]

    @Test func attributesReadBackAsTheyWereWritten() async throws {
        try await withSession { session, _ in
            let key = try session.generateKey(.plain(.aesKeyGeneration), Template(Self.wrappingKey))
            for attribute in Self.wrappingKey {
                let value = try session.value(like: attribute, in: key)
                if case (.template(let written), .template(let read)?) = (attribute.value, value) {
                    #expect(Set(read) == Set(written))
                } else {
                    #expect(value == attribute.value, "\(attribute.type)")
                }
            }
            #expect(try session.bytes(of: .modulus, in: key) == nil)
        }
    }

    @Test func aSensitiveValueIsNotRead() async throws {
        try await withSession { session, _ in
            let key = try session.generateKey(.plain(.aesKeyGeneration), Template(Self.wrappingKey))
            let expected = PKCS11Error(function: "C_GetAttributeValue", code: .attributeSensitive)
            #expect(throws: expected) { _ = try session.bytes(of: .value, in: key) }
        }
    }

    @Test func findsByAttributesAndDestroysOnce() async throws {
        try await withSession { session, _ in
            let identifier = Attribute.identifier([1, 2, 3])
            let key = try session.generateKey(.plain(.aesKeyGeneration), Template([identifier] + Self.wrappingKey))
            #expect(try session.findObjects(Template([identifier])) == [key])
            try session.destroy(key)
            #expect(try session.findObjects(Template([identifier])).isEmpty)
            let expected = PKCS11Error(function: "C_DestroyObject", code: .objectHandleInvalid)
            #expect(throws: expected) { try session.destroy(key) }
        }
    }

    @Test func aFailedDigestLeavesNoOperationOpen() async throws {
        try await withSession { session, _ in
            let key = try session.generateKey(.plain(.aesKeyGeneration), Template(Self.wrappingKey))
            try session.destroy(key)
            #expect(throws: PKCS11Error.self) { _ = try session.digestKey(key, .sha256) }
            let other = try session.generateKey(.plain(.aesKeyGeneration), Template(Self.wrappingKey))
            #expect(try session.digestKey(other, .sha256).count == 32)
        }
    }

    @Test func randomBytesAndMechanisms() async throws {
        try await withSession { session, module in
            #expect(try session.random(count: 32) != session.random(count: 32))
            let slot = try #require(try module.tokens().first { $0.isInitialized }?.slot)
            #expect(try module.mechanisms(of: slot).contains(.aesKeyWrapPad))
        }
    }

    @Test func everyErrorNamesItsFunction() async throws {
        try await SoftHSMModule.withToken { _ in
            let module = try Module(path: SoftHSMToken.modulePath)
            #expect(throws: PKCS11Error(function: "C_GetSlotList", code: .notInitialized)) { _ = try module.tokens() }
            #expect(throws: PKCS11Error(function: "C_Finalize", code: .notInitialized)) { try module.finalize() }
        }
    }

    @Test func whatIsNoModuleIsRefused() throws {
        let missing = #expect(throws: ModuleLoadError.self) { _ = try Module(path: "/nonexistent/module.so") }
        #expect(missing?.code == .notLoadable)
        let foreign = #expect(throws: ModuleLoadError.self) { _ = try Module(path: "libm.so.6") }
        #expect(foreign?.code == .notAModule)
    }
}
