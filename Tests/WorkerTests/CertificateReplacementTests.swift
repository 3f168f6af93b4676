import Cryptography
import KeyModel
import PipelineFixtures
import Testing

@testable import Worker

/// What replacing a certificate makes of the authority. Pure.
struct CertificateReplacementTests {
    private static let seconds = ServicesAuthority.now / 1_000
    private static let now = Timestamp(secondsSince1970: seconds)

    private let services: ServicesAuthority
    private let old: Certificate
    private let new: Certificate
    /// With the certificate `vc` of `kmip-01`.
    private let authority: Authority

    init() throws {
        services = try ServicesAuthority()
        let partition = services.partition
        old = try services.certificate(nil, for: try PrivateKey.generate(.p256).publicKey)
        new = try services.certificate(nil, for: try PrivateKey.generate(.p256).publicKey)
        var authority = Authority(generation: 5)
        authority.instances = ["kmip-01", "kmip-02"].map { name in
            Instance(
                identifier: InstanceIdentifier("i-" + name),
                name: name,
                status: .installed,
                partition: partition,
                rootKey: nil,
                created: Self.now
            )
        }
        let add = OperatorJob.Request.certificate(.add(instance: "kmip-01", name: "vc", der: old.der))
        self.authority = try authority.changed(by: add, at: Self.now).next
    }

    private func replace(
        _ name: String = "vc",
        with der: [UInt8]? = nil,
        overlap: Int64 = 60,
        of instance: String = "kmip-01"
    ) -> OperatorJob.Request {
        .certificate(.replace(instance: instance, name: name, der: der ?? new.der, overlapSeconds: overlap))
    }

    private func refusal(
        _ request: OperatorJob.Request,
        of authority: Authority? = nil,
        at now: Timestamp = now
    ) -> OperationFailure.Code? {
        do {
            _ = try (authority ?? self.authority).changed(by: request, at: now)
            return nil
        } catch {
            return error.code
        }
    }

    private func fingerprint(_ certificate: Certificate) throws -> CertificateFingerprint {
        try #require(CertificateFingerprint(certificate.fingerprintSHA256))
    }

    @Test func bothAreValidUntilTheOverlapIsOver() throws {
        let change = try authority.changed(by: replace(), at: Self.now)
        let next = change.next
        #expect(next.certificates.map(\.name).sorted() == ["vc", "vc.previous"])
        guard case .certificate(.replaced(let replacement)) = change.answer else {
            Issue.record("another answer")
            return
        }
        #expect(replacement.certificate.der == new.der && replacement.certificate.validUntil == nil)
        #expect(replacement.previous?.der == old.der)
        #expect(replacement.previous?.validUntil == Self.now.advanced(bySeconds: 60))
        #expect(change.action == .certificateReplace && change.instance == InstanceIdentifier("i-kmip-01"))
        let prints = (old: try fingerprint(old), new: try fingerprint(new))
        #expect(change.notices == [.certificate(prints.new), .certificate(prints.old)])
        for (offset, isOldServed) in [(0, true), (60, true), (61, false)] as [(Int64, Bool)] {
            let time = Self.now.advanced(bySeconds: offset)
            #expect(((try? next.client(prints.old, at: time)) != nil) == isOldServed)
            #expect((try? next.client(prints.new, at: time)) != nil)
        }
    }

    @Test func withoutOverlapTheOldOneIsGone() throws {
        let change = try authority.changed(by: replace(overlap: 0), at: Self.now)
        #expect(change.next.certificates.map(\.der) == [new.der])
        guard case .certificate(.replaced(let replacement)) = change.answer else {
            Issue.record("another answer")
            return
        }
        #expect(replacement.previous == nil)
        #expect(change.notices.contains(.certificate(try fingerprint(old))))
    }

    @Test func theNextReplacementWaitsForTheEndOfTheLast() throws {
        let third = try services.certificate(nil, for: try PrivateKey.generate(.p256).publicKey)
        let once = try authority.changed(by: replace(), at: Self.now).next
        #expect(refusal(replace(with: third.der), of: once) == .previousCertificateInForce)
        // Without overlap there is no need for the name.
        #expect(refusal(replace(with: third.der, overlap: 0), of: once) == nil)
        let later = Self.now.advanced(bySeconds: 61)
        let twice = try once.changed(by: replace(with: third.der), at: later).next
        #expect(Set(twice.certificates.map(\.der)) == [new.der, third.der])
        // An end that was decided before is not put off.
        let previous = try once.changed(by: replace("vc.previous", with: third.der, overlap: 9_999), at: Self.now).next
        #expect(previous.certificates.first { $0.der == old.der }?.validUntil == Self.now.advanced(bySeconds: 60))
    }

    @Test func badReplacementsAreRefused() throws {
        #expect(refusal(replace("none")) == .itemNotFound)
        #expect(refusal(replace(of: "kmip-02")) == .itemNotFound)
        #expect(refusal(replace(of: "kmip-03")) == .itemNotFound)
        #expect(refusal(replace(with: old.der)) == .certificateUnchanged)
        #expect(refusal(replace(with: [0x30, 0x00])) == .certificateInvalid)
        #expect(refusal(replace(overlap: -1)) == .invalidField)
        #expect(refusal(replace(overlap: 90 * 86_400)) == nil)
        #expect(refusal(replace(overlap: 90 * 86_400 + 1)) == .invalidField)
        let past = CertificateValidity(notBefore: Self.seconds - 7_200, notAfter: Self.seconds - 1)
        let future = CertificateValidity(notBefore: Self.seconds + 3_600, notAfter: Self.seconds + 7_200)
        for validity in [past, future] {
            let key = try PrivateKey.generate(.p256).publicKey
            let certificate = try services.certificate(nil, for: key, validity: validity)
            #expect(refusal(replace(with: certificate.der)) == .certificateInvalid)
        }
        let elsewhere = OperatorJob.Request.certificate(.add(instance: "kmip-02", name: "vc", der: new.der))
        let next = try authority.changed(by: elsewhere, at: Self.now).next
        #expect(refusal(replace(), of: next) == .alreadyExists)
        // What is to be admitted has to be looked up first.
        let admit = OperatorJob.Request.certificate(.admit(try fingerprint(new), instance: "kmip-01", name: "a"))
        #expect(refusal(admit) == .certificateNotPending)
    }

    @Test func aLongNameHasRoomForThePreviousOne() throws {
        let name = String(repeating: "n", count: 64)
        let third = try services.certificate(nil, for: try PrivateKey.generate(.p256).publicKey)
        let add = OperatorJob.Request.certificate(.add(instance: "kmip-01", name: name, der: third.der))
        let next = try authority.changed(by: add, at: Self.now).next.changed(by: replace(name), at: Self.now).next
        let previous = next.certificates.first { $0.der == third.der }
        #expect(previous?.name == String(repeating: "n", count: 55) + ".previous")
    }
}
