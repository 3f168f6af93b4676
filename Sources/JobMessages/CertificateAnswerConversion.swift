import Foundation
import KeyModel
import SwiftProtobuf

extension WireCertificateAnswer {
    init(_ model: ClientCertificateAnswer) {
        self.init()
        switch model {
        case .list(let all): list = .with { $0.certificates = all.map(WireClientCertificate.init) }
        case .shown(let description): shown = WireClientCertificate(description)
        case .added(let certificate): added = WireClientCertificate(certificate)
        case .removed(let fingerprint): removed = Data(fingerprint.bytes)
        case .replaced(let replacement):
            replaced = .with {
                $0.certificate = WireClientCertificate(replacement.certificate)
                if let previous = replacement.previous { $0.previous = WireClientCertificate(previous) }
            }
        case .pending(let all): pending = .with { $0.certificates = all.map(WirePendingCertificate.init) }
        }
    }

    func model() throws(JobMessageError) -> ClientCertificateAnswer {
        switch answer {
        case .list(let list):
            var descriptions: [ClientCertificateDescription] = []
            for certificate in list.certificates { descriptions.append(try certificate.description()) }
            return .list(descriptions)
        case .shown(let certificate): return .shown(try certificate.description())
        case .added(let certificate): return .added(try certificate.model())
        case .removed(let fingerprint): return .removed(try .init(wire: fingerprint))
        case .replaced(let wire):
            return .replaced(
                ClientCertificateReplacement(
                    certificate: try wire.certificate.model(),
                    previous: wire.hasPrevious ? try wire.previous.model() : nil
                )
            )
        case .pending(let list):
            var certificates: [PendingCertificate] = []
            for certificate in list.certificates { certificates.append(try certificate.model()) }
            return .pending(certificates)
        case nil: throw .notUnderstood
        }
    }
}

extension WireClientCertificate {
    init(_ certificate: ClientCertificate) {
        self.init()
        fingerprint = Data(certificate.fingerprint.bytes)
        instance = certificate.instance.text
        name = certificate.name
        der = Data(certificate.der)
        subject = certificate.subject
        notBefore = certificate.notBefore.secondsSince1970
        notAfter = certificate.notAfter.secondsSince1970
        added = certificate.added.secondsSince1970
        if let end = certificate.validUntil { validUntil = end.secondsSince1970 }
    }

    init(_ description: ClientCertificateDescription) {
        self.init(description.certificate)
        if let time = description.lastSeen { lastSeen = time.secondsSince1970 }
    }

    func model() throws(JobMessageError) -> ClientCertificate {
        ClientCertificate(
            fingerprint: try .init(wire: fingerprint),
            instance: InstanceIdentifier(instance),
            name: name,
            der: [UInt8](der),
            subject: subject,
            notBefore: Timestamp(secondsSince1970: notBefore),
            notAfter: Timestamp(secondsSince1970: notAfter),
            added: Timestamp(secondsSince1970: added),
            validUntil: hasValidUntil ? Timestamp(secondsSince1970: validUntil) : nil
        )
    }

    func description() throws(JobMessageError) -> ClientCertificateDescription {
        ClientCertificateDescription(
            certificate: try model(),
            lastSeen: hasLastSeen ? Timestamp(secondsSince1970: lastSeen) : nil
        )
    }
}

extension WirePendingCertificate {
    init(_ certificate: PendingCertificate) {
        self.init()
        fingerprint = Data(certificate.fingerprint.bytes)
        der = Data(certificate.der)
        address = certificate.address
        firstSeen = certificate.firstSeen.secondsSince1970
        lastSeen = certificate.lastSeen.secondsSince1970
        attempts = UInt32(clamping: certificate.attempts)
    }

    func model() throws(JobMessageError) -> PendingCertificate {
        PendingCertificate(
            fingerprint: try .init(wire: fingerprint),
            der: [UInt8](der),
            address: address,
            firstSeen: Timestamp(secondsSince1970: firstSeen),
            lastSeen: Timestamp(secondsSince1970: lastSeen),
            attempts: Int(attempts)
        )
    }
}
