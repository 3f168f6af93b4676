import Cryptography
import JobSealing
import KeyModel
import OperatorSignatures

/// A statement that was verified, and is not used up yet.
struct AcceptedStatement: Hashable {
    let signer: Operator
    let nonce: [UInt8]
    let expires: Timestamp
}

/// Why a statement is not accepted: for the log. The requester is told that it is not.
enum StatementRefusal: Error, Hashable {
    /// The certificate can't be read.
    case certificate
    /// The signer is another operator than the requester.
    case anotherOperator
    /// The signer is no operator, or not any more.
    case notInForce
    /// Signature, form, purpose or dates.
    case signature(OperatorSignatureError.Code)
    /// It was signed for something else than is asked.
    case anotherSubject

    var text: String {
        switch self {
        case .certificate: "its certificate can't be read"
        case .anotherOperator: "another operator signed it than asks"
        case .notInForce: "no operator who is in force signed it"
        case .signature(let code): OperatorSignatureError(code).description
        case .anotherSubject: "it says something else than is asked"
        }
    }
}

/// Verifies what an operator signed, without believing the admin front that brings it.
///
/// The statement must say exactly what is asked: purpose and every member of the subject. It is signed by the operator
/// who asks, with the certificate that the records list: the front's word for who asks then counts for nothing more than
/// choosing whose signature it has to have. The dates are judged by the worker's clock. That it was not used before is
/// found when its nonce is written.
struct StatementVerification {
    let authority: Authority
    let requester: CertificateFingerprint
    let now: Timestamp

    func verify(_ signed: SignedStatement, as request: SignedRequest) throws(StatementRefusal) -> AcceptedStatement {
        guard let certificate = try? Certificate(der: signed.certificate),
            let fingerprint = CertificateFingerprint(certificate.fingerprintSHA256)
        else { throw .certificate }
        guard fingerprint == requester else { throw .anotherOperator }
        guard let signer = authority.operator(fingerprint, at: now) else { throw .notInForce }
        let statement: OperatorStatement
        do {
            try DetachedSignature(parsing: signed.signature).verify(signed.statement, by: certificate)
            statement = try OperatorStatement(decoding: signed.statement)
            try statement.check(purpose: request.purpose, at: now.secondsSince1970)
        } catch {
            throw .signature(error.code)
        }
        guard statement.subject == request.subject else { throw .anotherSubject }
        return AcceptedStatement(
            signer: signer,
            nonce: statement.nonce,
            expires: Timestamp(secondsSince1970: statement.expires)
        )
    }
}

extension Authority {
    /// What the operator must have signed for a request, and what he sent for it.
    ///
    /// - Returns: nil for requests that need no signature.
    /// - Throws: as the change itself, where something that is named is not there.
    func signature(
        neededFor request: OperatorJob.Request,
        in trust: ServiceTrust
    ) throws(OperationFailure) -> (request: SignedRequest, sent: SignedStatement)? {
        let partition = trust.partition
        switch request {
        case .authorization(.grant(let rootKey, let instance, let roles, let signed)):
            let rootKey = try requireRootKey(rootKey, in: partition)
            let instance = try requireInstance(named: instance)
            let needed = SignedRequest.grantAuthorization(
                partition: partition.text,
                rootKey: .init(name: rootKey.name, identifier: rootKey.identifier.text),
                instance: .init(name: instance.name, identifier: instance.identifier.text),
                roles: roles.map(\.rawValue)
            )
            return (needed, signed)
        case .registeredOperator(.add(let name, let der, let roles, let replaced, let signed)):
            let needed = SignedRequest.addOperator(
                partition: partition.text,
                operator: .init(name: name, identifier: Hexadecimal.encode(SHA256.hash(der))),
                roles: roles.map(\.rawValue),
                replaced: replaced?.description
            )
            return (needed, signed)
        case .identity(.add(let name, let der, let replaced, let signed)):
            let needed = SignedRequest.addIdentity(
                partition: partition.text,
                identity: .init(name: name, identifier: Hexadecimal.encode(SHA256.hash(der))),
                role: try Self.role(ofService: der),
                replaced: replaced?.description
            )
            return (needed, signed)
        case .rootKey(.importKey(let name, let wrapped, let signed)):
            let needed = SignedRequest.importRootKey(
                partition: partition.text,
                name: name,
                wrappedKey: Hexadecimal.encode(SHA256.hash(wrapped))
            )
            return (needed, signed)
        case .rootKey(.importVersion(let rootKey, let wrapped, let signed)):
            let rootKey = try requireRootKey(rootKey, in: partition)
            let needed = SignedRequest.importRootKeyVersion(
                partition: partition.text,
                rootKey: .init(name: rootKey.name, identifier: rootKey.identifier.text),
                wrappedKey: Hexadecimal.encode(SHA256.hash(wrapped))
            )
            return (needed, signed)
        default: return nil
        }
    }

    /// What a service's certificate says that it is, whoever says so.
    private static func role(ofService der: [UInt8]) throws(OperationFailure) -> String {
        guard let certificate = try? Certificate(der: der),
            let service = try? ServiceCertificateExtension(of: certificate)
        else { throw OperationFailure(.certificateInvalid) }
        return service.role
    }
}
