import Foundation
import KeyModel
import SwiftProtobuf

extension WireOperatorJob {
    init(_ job: OperatorJob) {
        self.init()
        requester = Data(job.requester.bytes)
        if let tag = job.expectedTag { expectedTag = tag.text }
        switch job.request {
        case .instance(let request): instance = WireInstanceRequest(request)
        case .certificate(let request): certificate = WireCertificateRequest(request)
        case .authorization(let request): authorization = WireAuthorizationRequest(request)
        case .registeredOperator(let request): registeredOperator = WireRegisteredOperatorRequest(request)
        case .identity(let request): identity = WireServiceIdentityRequest(request)
        case .partition(.describe): partition = .with { $0.describe = WireDescribePartition() }
        case .key(let request): key = WireKeyRequest(request)
        case .rootKey(let request): rootKey = WireRootKeyRequest(request)
        case .operation(let request): operation = WireOperationRequest(request)
        }
    }

    func model() throws(JobMessageError) -> OperatorJob {
        let request: OperatorJob.Request
        switch self.request {
        case .instance(let wire): request = .instance(try wire.model())
        case .certificate(let wire): request = .certificate(try wire.model())
        case .authorization(let wire): request = .authorization(try wire.model())
        case .registeredOperator(let wire): request = .registeredOperator(try wire.model())
        case .identity(let wire): request = .identity(try wire.model())
        case .partition(let wire):
            guard case .describe = wire.request else { throw .notUnderstood }
            request = .partition(.describe)
        case .key(let wire): request = .key(try wire.model())
        case .rootKey(let wire): request = .rootKey(try wire.model())
        case .operation(let wire): request = .operation(try wire.model())
        case nil: throw .notUnderstood
        }
        guard expectedTag.utf8.count <= RecordTag.longest else { throw .malformed }
        return OperatorJob(
            requester: try .init(wire: requester),
            request: request,
            expectedTag: hasExpectedTag ? RecordTag(text: expectedTag) : nil
        )
    }
}

extension WireCertificateRequest {
    init(_ model: ClientCertificateRequest) {
        self.init()
        switch model {
        case .list(let instance):
            self.instance = instance
            list = WireListCertificates()
        case .add(let instance, let name, let der):
            self.instance = instance
            add = .with {
                $0.name = name
                $0.der = Data(der)
            }
        case .remove(let instance, let name):
            self.instance = instance
            remove = .with { $0.name = name }
        case .show(let instance, let name):
            self.instance = instance
            show = .with { $0.name = name }
        case .replace(let instance, let name, let der, let overlapSeconds):
            self.instance = instance
            replace = .with {
                $0.name = name
                $0.der = Data(der)
                $0.overlapSeconds = UInt32(clamping: overlapSeconds)
            }
        case .listPending: listPending = WireListPendingCertificates()
        case .admit(let fingerprint, let instance, let name):
            self.instance = instance
            admit = .with {
                $0.name = name
                $0.fingerprint = Data(fingerprint.bytes)
            }
        }
    }

    func model() throws(JobMessageError) -> ClientCertificateRequest {
        switch request {
        case .list: .list(instance: instance)
        case .add(let add): .add(instance: instance, name: add.name, der: [UInt8](add.der))
        case .remove(let remove): .remove(instance: instance, name: remove.name)
        case .show(let show): .show(instance: instance, name: show.name)
        case .replace(let replace):
            .replace(
                instance: instance,
                name: replace.name,
                der: [UInt8](replace.der),
                overlapSeconds: Int64(replace.overlapSeconds)
            )
        case .listPending: .listPending
        case .admit(let admit): .admit(try .init(wire: admit.fingerprint), instance: instance, name: admit.name)
        case nil: throw .notUnderstood
        }
    }
}
