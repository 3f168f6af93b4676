import Cryptography
import Testing

@testable import OperatorSignatures

/// The import key as a worker signs it, on its way by an admin front that is dishonest.
@Suite struct ImportKeyStatementTests {
    private static let now: Int64 = 1_700_000_000
    private let services: CertificateAuthority
    private let content: ImportKeyStatement

    init() throws {
        services = try Self.authority()
        let publicKey = try PrivateKey.generate(.p256).publicKey
        content = ImportKeyStatement(partition: "main", tokenSerial: "0123", publicKeyPEM: publicKey.pem)
    }

    private static func authority() throws -> CertificateAuthority {
        try .create(commonName: "services", validity: .days(30, from: now), key: try .generate(.p256))
    }

    private struct Signer {
        let key: PrivateKey
        let certificate: Certificate

        /// - Parameter role: nil for one who is no service.
        init(_ role: String?, of partition: String = "main", by authority: CertificateAuthority) throws {
            key = try .generate(.p256)
            var template = CertificateTemplate(
                commonName: "worker",
                validity: .days(10, from: ImportKeyStatementTests.now)
            )
            if let role {
                template.extensions = try ServiceCertificateExtension(role: role, partitions: [partition]).extensions()
            }
            certificate = try authority.issue(template, to: key.publicKey)
        }

        func sign(_ statement: OperatorStatement) throws -> (statement: [UInt8], signature: String) {
            let bytes = try statement.encoded()
            return (bytes, try DetachedSignature(over: bytes, key: key, certificate: certificate).text)
        }
    }

    private func read(
        _ signed: (statement: [UInt8], signature: String),
        _ certificate: Certificate,
        at now: Int64 = now
    ) throws -> ImportKeyStatement {
        try ImportKeyStatement(
            verifying: signed.statement,
            signature: signed.signature,
            certificate: certificate,
            authority: services.certificate,
            at: now
        )
    }

    @Test func whatAWorkerSignedIsBelievedForAnHour() throws {
        let worker = try Signer("worker", by: services)
        let signed = try worker.sign(try content.statement(at: Self.now))
        #expect(try read(signed, worker.certificate) == content)
        #expect(try read(signed, worker.certificate, at: Self.now + 3_599) == content)
        #expect(throws: OperatorSignatureError(.expired)) {
            try read(signed, worker.certificate, at: Self.now + 3_600)
        }
    }

    @Test func nobodyElseIsBelieved() throws {
        let statement = try content.statement(at: Self.now)
        let others: [(String, Signer)] = [
            ("an admin front", try Signer("admin", by: services)),
            ("a gateway", try Signer("gateway", by: services)),
            ("a worker of another partition", try Signer("worker", of: "other", by: services)),
            ("one who is no service", try Signer(nil, by: services)),
            ("a worker of another CA", try Signer("worker", by: try Self.authority())),
        ]
        for (who, signer) in others {
            #expect(throws: OperatorSignatureError(.wrongCertificate), "\(who)") {
                try read(try signer.sign(statement), signer.certificate)
            }
        }
    }

    @Test func anotherKeyUnderTheWorkersSignatureIsNotBelieved() throws {
        let worker = try Signer("worker", by: services)
        let signed = try worker.sign(try content.statement(at: Self.now))
        let forged = ImportKeyStatement(
            partition: "main",
            tokenSerial: "0123",
            publicKeyPEM: try PrivateKey.generate(.p256).publicKey.pem
        )
        let other = try forged.statement(at: Self.now).encoded()
        #expect(throws: OperatorSignatureError(.notValid)) {
            try read((statement: other, signature: signed.signature), worker.certificate)
        }
        let admin = try Signer("admin", by: services)
        #expect(throws: OperatorSignatureError(.wrongCertificate)) {
            try read(try admin.sign(try forged.statement(at: Self.now)), worker.certificate)
        }
    }

    @Test func aStatementOfAnotherKindIsNotBelieved() throws {
        let worker = try Signer("worker", by: services)
        let another = try OperatorStatement(
            purpose: "keyferry root-key import",
            subject: try content.statement(at: Self.now).subject,
            issued: Self.now,
            lifetimeSeconds: 300
        )
        #expect(throws: OperatorSignatureError(.wrongPurpose)) {
            try read(try worker.sign(another), worker.certificate)
        }
        let less = try OperatorStatement(
            purpose: ImportKeyStatement.purpose,
            subject: ["partition": "main"],
            issued: Self.now,
            lifetimeSeconds: 300
        )
        #expect(throws: OperatorSignatureError(.statementMalformed)) {
            try read(try worker.sign(less), worker.certificate)
        }
    }
}
