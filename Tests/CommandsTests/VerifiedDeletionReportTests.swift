import AdminResources
import Cryptography
import OperatorSignatures
import Testing

@testable import Commands

/// Which reports of deletions the command line believes.
struct VerifiedDeletionReportTests {
    private static let ended: Int64 = 1_800_000_000

    private let authority: CertificateAuthority
    private let report: [UInt8]

    init() throws {
        authority = try Self.makeAuthority()
        report = try RootKeyDeletionReport(
            partition: "p1",
            operation: "o-1",
            rootKey: .init(name: "first", identifier: "r-1"),
            orderedBy: [.init(name: "anna", identifier: "aa"), .init(name: "bert", identifier: "bb")],
            times: .init(ordered: Self.ended - 700_000, due: Self.ended - 10, ended: Self.ended),
            destroyed: ([.init(version: 1, tokenKey: "0102")], ["0304"], ["serial"]),
            keys: [
                .init(instance: "kmip-ab", identifier: "k-1", name: "vm"),
                .init(instance: "kmip-ab", identifier: "k-2", name: nil),
            ]
        ).encoded()
    }

    private static func makeAuthority() throws -> CertificateAuthority {
        try .create(commonName: "services", validity: .days(100, from: ended - 86_400), key: try .generate(.p256))
    }

    /// - Parameter days: how long the signer's certificate is good for, from a day before the end on.
    private func signed(
        _ bytes: [UInt8],
        as role: String = "worker",
        by authority: CertificateAuthority? = nil,
        days: Int = 30
    ) throws -> SignedStatementResource {
        let key = try PrivateKey.generate(.p256)
        var template = CertificateTemplate(commonName: "signer", validity: .days(days, from: Self.ended - 86_400))
        template.extensions = try ServiceCertificateExtension(role: role, partitions: ["p1"]).extensions()
        let certificate = try (authority ?? self.authority).issue(template, to: key.publicKey)
        return SignedStatementResource(
            statement: String(decoding: bytes, as: UTF8.self),
            signature: try DetachedSignature(over: bytes, key: key, certificate: certificate).text,
            certificatePem: certificate.pem
        )
    }

    private func verify(_ signed: SignedStatementResource) throws -> RootKeyDeletionReport {
        try VerifiedDeletionReport.verify(signed, authority: authority.certificate).report
    }

    @Test func aWorkersReportIsBelievedAndTold() throws {
        let verified = try verify(try signed(report))
        #expect(try verified.encoded() == report)
        let text = ShowDeletionReport.text(verified, signer: "worker-1")
        for part in ["anna, bert", "1 (0102)", "0304", "serial", "kmip-ab", "k-1", "vm", "k-2", "vendor"] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func nothingElseIs() throws {
        let good = try signed(report)
        let altered = good.statement.replacing("k-2", with: "k-3")
        let refused = [
            SignedStatementResource(
                statement: altered,
                signature: good.signature,
                certificatePem: good.certificatePem
            ),
            SignedStatementResource(
                statement: good.statement,
                signature: try signed(report).signature,
                certificatePem: good.certificatePem
            ),
            SignedStatementResource(statement: good.statement, signature: "..", certificatePem: good.certificatePem),
            SignedStatementResource(statement: good.statement, signature: good.signature, certificatePem: "none"),
            // An admin front's word is not a worker's.
            try signed(report, as: "admin"),
            try signed(report, by: try Self.makeAuthority()),
            // Over when the deletion ended.
            try signed(report, days: 0),
            try signed(Array("{}".utf8)),
            try signed(Array(good.statement.replacing("deletion report", with: "something").utf8)),
        ]
        for signed in refused {
            #expect(throws: CommandFailure.self) { try verify(signed) }
        }
    }
}
