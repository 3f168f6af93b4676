import Cryptography
import KeyModel
import PipelineFixtures
import Testing

@testable import Worker

/// What operators' requests make of the authority. Pure.
struct AuthorityChangeTests {
    private static let seconds = ServicesAuthority.now / 1_000
    private static let now = Timestamp(secondsSince1970: seconds)

    private let services: ServicesAuthority
    private let authority: Authority

    init() throws {
        services = try ServicesAuthority()
        var authority = Authority(generation: 5)
        authority.instances = ["kmip-01", "kmip-02"].map { [partition = services.partition] name in
            Instance(
                identifier: InstanceIdentifier("i-" + name),
                name: name,
                status: .installed,
                partition: partition,
                rootKey: nil,
                created: Self.now
            )
        }
        self.authority = authority
    }

    private func makeCertificate(_ validity: CertificateValidity = ServicesAuthority.year) throws -> Certificate {
        try services.certificate(nil, for: try PrivateKey.generate(.p256).publicKey, validity: validity)
    }

    private func add(_ name: String, _ der: [UInt8], to instance: String = "kmip-01") -> OperatorJob.Request {
        .certificate(.add(instance: instance, name: name, der: der))
    }

    private func refusal(_ request: OperatorJob.Request, of authority: Authority) -> OperationFailure.Code? {
        do {
            _ = try authority.changed(by: request, at: Self.now)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func aCertificateIsAddedAsItIs() throws {
        let certificate = try makeCertificate()
        let change = try authority.changed(by: add("vcenter", certificate.der), at: Self.now)
        let next = change.next
        let added = try #require(next.certificates.first)
        #expect(next.certificates.count == 1 && change.answer == .certificate(.added(added)))
        #expect(added.der == certificate.der && added.subject == certificate.subject && added.added == Self.now)
        #expect(added.fingerprint.bytes == certificate.fingerprintSHA256)
        #expect(added.notBefore.secondsSince1970 == certificate.notBefore)
        #expect(added.notAfter.secondsSince1970 == certificate.notAfter)
        #expect(added.instance == InstanceIdentifier("i-kmip-01") && added.name == "vcenter")
        #expect(change.action == .certificateAdd && change.notices == [.certificate(added.fingerprint)])
        #expect(change.instance == added.instance)
        // The generation is the store's to count.
        #expect(next.generation == 5)
    }

    @Test func namesAreUniqueInAnInstanceAndCertificatesEverywhere() throws {
        let (one, two) = (try makeCertificate(), try makeCertificate())
        let next = try authority.changed(by: add("vcenter", one.der), at: Self.now).next
        #expect(refusal(add("vcenter", two.der), of: next) == .alreadyExists)
        #expect(refusal(add("vcenter", two.der, to: "kmip-02"), of: next) == nil)
        #expect(refusal(add("other", one.der), of: next) == .alreadyExists)
        #expect(refusal(add("other", one.der, to: "kmip-02"), of: next) == .alreadyExists)
    }

    @Test func aCertificateIsRemovedByInstanceAndName() throws {
        let certificates = [try makeCertificate(), try makeCertificate()]
        var next = authority
        for (name, certificate) in zip(["a", "b"], certificates) {
            next = try next.changed(by: add(name, certificate.der), at: Self.now).next
        }
        let removed = next.certificates[0].fingerprint
        let request = OperatorJob.Request.certificate(.remove(instance: "kmip-01", name: "a"))
        let change = try next.changed(by: request, at: Self.now)
        let after = change.next
        #expect(after.certificates.map(\.name) == ["b"] && change.answer == .certificate(.removed(removed)))
        #expect(change.action == .certificateRemove && change.notices == [.certificate(removed)])
        #expect(refusal(request, of: after) == .itemNotFound)
        let elsewhere = OperatorJob.Request.certificate(.remove(instance: "kmip-02", name: "b"))
        #expect(refusal(elsewhere, of: after) == .itemNotFound)
        let nowhere = OperatorJob.Request.certificate(.remove(instance: "kmip-03", name: "b"))
        #expect(refusal(nowhere, of: after) == .itemNotFound)
    }

    @Test(arguments: [
        "", " ", "a b", "a/b", "-a", ".a", "a+b", "a:b", "a\u{0}", "ä", "a\n", String(repeating: "a", count: 65),
    ])
    func namesThatCanNotBeTypedAreRefused(_ name: String) throws {
        #expect(refusal(add(name, try makeCertificate().der), of: authority) == .invalidField)
    }

    @Test func whatIsNoCertificateInItsDatesIsRefused() throws {
        let good = try makeCertificate()
        let pem = Array(good.pem.utf8)
        for der in [[], [0x30, 0x00], pem, good.der + [0], Array(good.der.dropLast())] {
            #expect(refusal(add("a", der), of: authority) == .certificateInvalid)
        }
        let past = CertificateValidity(notBefore: Self.seconds - 7_200, notAfter: Self.seconds)
        #expect(refusal(add("a", try makeCertificate(past).der), of: authority) == .certificateInvalid)
        // The clock of who made it may be five minutes ahead.
        for (ahead, expected) in [(300, nil), (301, .certificateInvalid)] as [(Int64, OperationFailure.Code?)] {
            let future = CertificateValidity(notBefore: Self.seconds + ahead, notAfter: Self.seconds + 7_200)
            #expect(refusal(add("a", try makeCertificate(future).der), of: authority) == expected)
        }
    }
}
