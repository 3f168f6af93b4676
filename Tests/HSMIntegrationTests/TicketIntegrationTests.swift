import Cryptography
import HSM
import TestServices
import Testing

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct TicketIntegrationTests {
    @Test func theMessageKeyIsTheMACUnderTheTicketsSecret() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            let secret = try SecretBytes.random(count: 32)
            let wrapped = try jobs.session.publicKey(of: TokenKey(.ticketKey, jobs.ticketKey)).encryptOAEPSHA1(secret)
            let message = SHA256.hash(Array("ticket".utf8))
            let key = try jobs.session.deriveTicketMessageKey(
                fromSecret: wrapped,
                with: jobs.ticketKey,
                message: message
            )
            let expected = try HMACSHA256.authenticationCode(for: message, key: secret)
            #expect(key.withUnsafeBytes { Array($0) } == expected)
        }
    }

    @Test func aTicketForAnotherKeyOrAnAlteredOneIsRefused() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            let other = try jobs.session.createKey(.ticketKey, label: "keyferry-ticket")
            let secret = try SecretBytes.random(count: 32)
            let foreign = try jobs.session.publicKey(of: TokenKey(.ticketKey, other)).encryptOAEPSHA1(secret)
            for wrapped in [foreign, [], [UInt8](repeating: 0, count: 384), Array(foreign.dropLast())] {
                #expect(throws: HSMError(.wrappedKeyRejected)) {
                    _ = try jobs.session.importTransportKey(wrapped, with: jobs.ticketKey)
                }
                #expect(throws: HSMError(.wrappedKeyRejected)) {
                    _ = try jobs.session.deriveTicketMessageKey(
                        fromSecret: wrapped,
                        with: jobs.ticketKey,
                        message: [1]
                    )
                }
            }
            #expect(jobs.session.isAvailable)
        }
    }

    @Test func transportKeysAreBoundedAndReleased() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token) { $0.maximumTransportKeys = 2 }
            let wrapped = try jobs.session.publicKey(of: TokenKey(.ticketKey, jobs.ticketKey))
                .encryptOAEPSHA1(jobs.gateway.bytes)
            let second = try jobs.session.importTransportKey(wrapped, with: jobs.ticketKey)
            #expect(throws: HSMError(.tooManyTransportKeys)) {
                _ = try jobs.session.importTransportKey(wrapped, with: jobs.ticketKey)
            }
            jobs.session.releaseTransportKey(jobs.transport)
            jobs.session.releaseTransportKey(jobs.transport)
            let kind = MaterialKind.aes(byteCount: 32)
            let made = try jobs.session.generateKey(kind, under: jobs.root)
            #expect(throws: HSMError(.transportKeyUnknown)) { try jobs.get(made.wrapped, kind) }
            let third = try jobs.session.importTransportKey(wrapped, with: jobs.ticketKey)
            #expect(Set([jobs.transport, second, third]).count == 3)
        }
    }

    @Test func aDestroyedTicketKeyOpensNothing() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            let publicKey = try jobs.session.publicKey(of: TokenKey(.ticketKey, jobs.ticketKey))
            let wrapped = try publicKey.encryptOAEPSHA1(jobs.gateway.bytes)
            try jobs.session.destroyKey(TokenKey(.ticketKey, jobs.ticketKey))
            #expect(throws: HSMError(.keyMissing)) {
                _ = try jobs.session.importTransportKey(wrapped, with: jobs.ticketKey)
            }
        }
    }
}
