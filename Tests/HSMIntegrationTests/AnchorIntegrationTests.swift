import PKCS11
import TestServices
import Testing

@testable import HSM

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct AnchorIntegrationTests {
    private func anchor(_ generation: UInt64, _ content: [UInt8] = [0xAA]) -> AuthorityAnchor {
        AuthorityAnchor(generation: generation, content: content)
    }

    /// An anchor as a crash between making the new one and destroying the old one leaves it.
    private func add(_ anchor: AuthorityAnchor, to session: HSMSession) throws {
        let template = Template(HSMSession.anchorNames + [Attribute(.value, .bytes(anchor.encoded))])
        try session.performWriting { session throws(PKCS11Error) in _ = try session.createObject(template) }
    }

    @Test func risesOnlyAndOutlivesTheLogin() async throws {
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            #expect(throws: HSMError(.anchorMissing)) { _ = try session.readAnchor() }
            #expect(throws: HSMError(.anchorMissing)) { try session.raiseAnchor(to: anchor(1)) }
            try session.createAnchor(anchor(1))
            #expect(throws: HSMError(.anchorNotHigher)) { try session.createAnchor(anchor(9)) }
            try session.raiseAnchor(to: anchor(2, [1, 2, 3]))
            #expect(throws: HSMError(.anchorNotHigher)) { try session.raiseAnchor(to: anchor(2)) }
            #expect(throws: HSMError(.anchorNotHigher)) { try session.raiseAnchor(to: anchor(1)) }
            session.close()
            let again = try token.open()
            #expect(try again.readAnchor() == anchor(2, [1, 2, 3]))
            let template = Template(HSMSession.anchorNames)
            let count = try again.perform { token throws(PKCS11Error) in try token.session.findObjects(template).count }
            #expect(count == 1)
        }
    }

    @Test func theHighestOfSeveralIsTheAnchorAndRaisingRemovesTheOthers() async throws {
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            try session.createAnchor(anchor(4))
            try add(anchor(5), to: session)
            #expect(try session.readAnchor() == anchor(5))
            try session.raiseAnchor(to: anchor(6))
            let template = Template(HSMSession.anchorNames)
            let count = try session.perform { token throws(PKCS11Error) in
                try token.session.findObjects(template).count
            }
            #expect(count == 1)
        }
    }

    @Test func twoOfOneGenerationThatDifferAreAConflict() async throws {
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            try session.createAnchor(anchor(4, [1]))
            try add(anchor(4, [1]), to: session)
            #expect(try session.readAnchor() == anchor(4, [1]))
            try add(anchor(4, [2]), to: session)
            #expect(throws: HSMError(.anchorConflict)) { _ = try session.readAnchor() }
        }
    }

    @Test func aMalformedAnchorIsNotPassedOver() async throws {
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            try session.createAnchor(anchor(4))
            let template = Template(HSMSession.anchorNames + [Attribute(.value, .bytes([1, 2, 3]))])
            try session.performWriting { session throws(PKCS11Error) in _ = try session.createObject(template) }
            #expect(throws: HSMError(.anchorMalformed)) { _ = try session.readAnchor() }
        }
    }

    @Test func aLongContentIsRefused() async throws {
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            try session.createAnchor(anchor(1, [UInt8](repeating: 0xBB, count: 1_024)))
            #expect(throws: HSMError(.lengthNotSupported)) {
                try session.raiseAnchor(to: anchor(2, [UInt8](repeating: 0, count: 1_025)))
            }
            #expect(try session.readAnchor().generation == 1)
        }
    }
}
