import Foundation
import KeyModel
import SwiftProtobuf

extension Job {
    /// The job as the bytes that are sealed.
    package func serialized() -> [UInt8] {
        let wire = WireJob.with {
            $0.requestID = requestID
            $0.clientAddress = clientAddress
            switch content {
            case .kmip(let job): $0.kmip = WireKMIPJob(job)
            case .identifyClient(let fingerprint, let der):
                $0.identifyClient = Data(fingerprint.bytes)
                if let der { $0.clientCertificate = Data(der) }
            case .operator(let job): $0.operator = WireOperatorJob(job)
            }
        }
        return wire.encoded()
    }

    package init(serialized bytes: [UInt8]) throws(JobMessageError) {
        let wire: WireJob = try .decoded(bytes)
        guard wire.requestID.utf8.count <= 64, wire.clientAddress.utf8.count <= 64 else { throw .malformed }
        let content: Content
        switch wire.content {
        case .kmip(let job): content = .kmip(try job.model())
        case .identifyClient(let fingerprint):
            let der = wire.clientCertificate
            guard der.count <= PendingCertificate.longestDER else { throw .malformed }
            content = .identifyClient(try .init(wire: fingerprint), der: der.isEmpty ? nil : [UInt8](der))
        case .operator(let job): content = .operator(try job.model())
        case nil: throw .notUnderstood
        }
        self.init(requestID: wire.requestID, clientAddress: wire.clientAddress, content: content)
    }
}

extension CertificateFingerprint {
    init(wire bytes: Data) throws(JobMessageError) {
        guard let fingerprint = CertificateFingerprint([UInt8](bytes)) else { throw .malformed }
        self = fingerprint
    }
}

extension Message {
    /// Serializing fails only for required fields, which proto3 does not have.
    package func encoded() -> [UInt8] {
        do {
            return try serializedBytes()
        } catch {
            preconditionFailure("a proto3 message without Any fields always serializes: \(error)")
        }
    }

    package static func decoded(_ bytes: [UInt8]) throws(JobMessageError) -> Self {
        do {
            return try Self(serializedBytes: bytes)
        } catch {
            throw .malformed
        }
    }
}

extension WireKMIPJob {
    init(_ job: KMIPJob) {
        self.init()
        client = Data(job.client.bytes)
        continuesAfterFailure = job.continuesAfterFailure
        operations = job.operations.map(WireOperation.init)
    }

    func model() throws(JobMessageError) -> KMIPJob {
        var models: [KeyModel.Operation] = []
        for operation in operations {
            models.append(try operation.model())
        }
        return KMIPJob(
            client: try .init(wire: client),
            continuesAfterFailure: continuesAfterFailure,
            operations: models
        )
    }
}
