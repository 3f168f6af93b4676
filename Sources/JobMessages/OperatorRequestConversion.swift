import Foundation
import KeyModel
import SwiftProtobuf

extension WireOperatorJob {
    init(_ job: OperatorJob) {
        self.init()
        requester = Data(job.requester.bytes)
        switch job.request {
        case .instance(let request): instance = WireInstanceRequest(request)
        case .certificate(let request): certificate = WireCertificateRequest(request)
        case .authorization(let request): authorization = WireAuthorizationRequest(request)
        case .registeredOperator(let request): registeredOperator = WireRegisteredOperatorRequest(request)
        case .identity(let request): identity = WireServiceIdentityRequest(request)
        case .partition(.describe): partition = .with { $0.describe = WireDescribePartition() }
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
        case nil: throw .notUnderstood
        }
        return OperatorJob(requester: try .init(wire: requester), request: request)
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
        }
    }

    func model() throws(JobMessageError) -> ClientCertificateRequest {
        switch request {
        case .list: .list(instance: instance)
        case .add(let add): .add(instance: instance, name: add.name, der: [UInt8](add.der))
        case .remove(let remove): .remove(instance: instance, name: remove.name)
        case nil: throw .notUnderstood
        }
    }
}
