import PKCS11
import Testing

@testable import HSM

@Suite struct KeyRuleTests {
    @Test func aMissingOrDifferentValueDoesNotMeetARequirement() {
        let requirement = Attribute(.extractable, false)
        #expect(KeyCheck.isMet(requirement, by: .flag(false)))
        #expect(!KeyCheck.isMet(requirement, by: .flag(true)))
        #expect(!KeyCheck.isMet(requirement, by: nil))
    }

    @Test func allowedMechanismsAreExactlyThose() {
        let requirement = Attribute(.allowedMechanisms, .mechanisms([.aesKeyWrapPad]))
        #expect(KeyCheck.isMet(requirement, by: .mechanisms([.aesKeyWrapPad])))
        #expect(!KeyCheck.isMet(requirement, by: .mechanisms([])))
        #expect(!KeyCheck.isMet(requirement, by: .mechanisms([.aesKeyWrapPad, .aesKeyWrap])))
    }

    @Test func anUnwrapTemplateMaySayMore() {
        let requirement = Attribute(.unwrapTemplate, .template([Attribute(.sensitive, true)]))
        let more: [Attribute] = [Attribute(.decrypt, false), Attribute(.sensitive, true)]
        #expect(KeyCheck.isMet(requirement, by: .template(more)))
        #expect(!KeyCheck.isMet(requirement, by: .template([Attribute(.sensitive, false)])))
        #expect(!KeyCheck.isMet(requirement, by: .template([])))
    }

    /// SoftHSM refuses attributes that follow CKA_MODIFIABLE = false.
    @Test(arguments: KeyRole.allCases)
    func modifiableComesLast(role: KeyRole) {
        let requirements = KeyTemplates.requirements(for: role, .padded)
        #expect(requirements.last == Attribute(.modifiable, false))
        #expect(requirements.contains(Attribute(.extractable, false)))
        #expect(requirements.contains(Attribute(.sensitive, true)))
        #expect(requirements.contains(Attribute(.copyable, false)))
    }

    @Test func everyRoleHasOnlyItsUses() {
        let uses: Set<AttributeType> = [.encrypt, .decrypt, .sign, .signRecover, .verify, .wrap, .unwrap, .derive]
        let expected: [KeyRole: Set<AttributeType>] = [
            .rootKeyVersion: [.wrap, .unwrap], .ticketKey: [.unwrap], .rootKeyImportKey: [.unwrap],
            .recordMACKey: [.sign], .checkpointKey: [.sign],
        ]
        for (role, allowed) in expected {
            let requirements = KeyTemplates.requirements(for: role, .padded)
            let granted = requirements.filter { $0.value == .flag(true) && uses.contains($0.type) }.map(\.type)
            #expect(Set(granted) == allowed, "\(role)")
        }
    }

    @Test(arguments: [
        (MaterialKind.aes(byteCount: 16), 24), (.aes(byteCount: 24), 32), (.aes(byteCount: 32), 40), (.des3, 32),
        (.secret(byteCount: 1), 16), (.secret(byteCount: 8), 16), (.secret(byteCount: 9), 24),
        (.secret(byteCount: 512), 520),
    ])
    func wrappedLength(kind: MaterialKind, byteCount: Int) {
        #expect(kind.wrappedByteCount == byteCount)
        #expect(kind.isSupported)
    }

    @Test(arguments: [
        MaterialKind.aes(byteCount: 20), .aes(byteCount: 0), .aes(byteCount: 64), .secret(byteCount: 0),
        .secret(byteCount: 513), .secret(byteCount: -1),
    ])
    func unsupportedLength(kind: MaterialKind) {
        #expect(!kind.isSupported)
    }

    @Test func anAnchorIsItsGenerationAndItsContent() {
        let anchor = AuthorityAnchor(generation: 0x0102_0304_0506_0708, content: [0xAA, 0xBB])
        #expect(anchor.encoded == [1, 2, 3, 4, 5, 6, 7, 8, 0xAA, 0xBB])
        #expect(AuthorityAnchor(encoded: anchor.encoded) == anchor)
        #expect(AuthorityAnchor(encoded: [1, 2, 3, 4, 5, 6, 7]) == nil)
        #expect(AuthorityAnchor(encoded: [UInt8](repeating: 0, count: 8 + 1_025)) == nil)
    }

    @Test func anErrorSaysWhatFailedAndComparesByCode() {
        let cause = PKCS11Error(function: "C_UnwrapKey", code: .generalError)
        let error = HSMError(.wrappedKeyRejected, cause: cause, "detail")
        #expect(error.description == "wrappedKeyRejected: detail: C_UnwrapKey: CKR_GENERAL_ERROR (0x5)")
        #expect(error == HSMError(.wrappedKeyRejected))
        #expect(ReturnCode(rawValue: 0x8000_0001).description == "0x80000001")
    }
}
