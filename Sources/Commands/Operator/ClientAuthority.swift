internal import Cryptography
internal import Foundation

/// The CA that signs clients' requests: `clients.pem` and `clients.key` in a folder of the operator's.
///
/// It confers nothing: a client is known by its certificate's fingerprint, which an operator has registered. It is there
/// for clients that want a certificate signed by somebody, and is made where it is needed first. No server has its key.
struct ClientAuthority {
    let authority: CertificateAuthority

    private static let years = 10

    /// Reads the CA in `folder`, or makes it.
    init(in folder: String, now: Int64) throws(CommandFailure) {
        let (certificateFile, keyFile) = ("\(folder)/clients.pem", "\(folder)/clients.key")
        let files = FileManager.default
        let there = [certificateFile, keyFile].filter { files.fileExists(atPath: $0) }
        switch there.count {
        case 2: authority = try .read(certificateFile, keyFile)
        case 0: authority = try Self.make(in: folder, certificateFile, keyFile, now: now)
        default:
            throw CommandFailure(
                .noInput,
                "of the CA for clients only \(there[0]) is there",
                advice: "Put the other half back, or move this one away to have a new CA made."
            )
        }
        guard authority.certificate.notAfter > now else {
            throw CommandFailure(
                .badInput,
                "the CA in \(certificateFile) has expired",
                advice:
                    "Move clients.pem and clients.key away, and a new one is made. What it has signed stays registered."
            )
        }
    }

    private static func make(
        in folder: String,
        _ certificateFile: String,
        _ keyFile: String,
        now: Int64
    ) throws(CommandFailure) -> CertificateAuthority {
        let made: (CertificateAuthority, PrivateKey)
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            // RSA: vCenter versions differ in what else they take.
            let key = try PrivateKey.generate(.rsa3072)
            let validity = CertificateValidity.days(years * 365, from: now)
            made = (try .create(commonName: "Keyferry clients CA", validity: validity, key: key), key)
        } catch {
            throw CommandFailure(.cannotWrite, "a CA for clients can't be made in \(folder)")
        }
        try NewFile.write(made.1, to: keyFile)
        try NewFile.write(made.0.certificate.pem, to: certificateFile)
        Console.current.error("Made a CA for client certificates: \(certificateFile), \(keyFile).")
        return made.0
    }

    /// Signs a request. Its subject and its key are taken over; what it asks for beside them is not.
    func sign(_ request: CertificateRequest, name: String, days: Int, now: Int64) throws(CommandFailure) -> Certificate
    {
        var template = ClientCertificateTemplate.make(
            commonName: name,
            validity: authority.validity(days, now),
            key: request.publicKey
        )
        if request.hasSubject { template.subjectName = request.subjectName }
        do {
            return try authority.issue(template, to: request.publicKey)
        } catch {
            throw CommandFailure(.badInput, "the request can't be signed: \(error)")
        }
    }
}

/// What certificates of clients say: nothing of extended key usage, as vCenter's own don't, for some check it and differ
/// in what they expect.
enum ClientCertificateTemplate {
    static func make(commonName: String, validity: CertificateValidity, key: PublicKey) -> CertificateTemplate {
        var template = CertificateTemplate(commonName: commonName, validity: validity)
        template.keyUsage = key.algorithm == .p256 ? [.digitalSignature] : [.digitalSignature, .keyEncipherment]
        return template
    }
}

extension CertificateRequest {
    /// Whether there is more to the name than an empty sequence.
    fileprivate var hasSubject: Bool { subjectName.count > 2 }
}
