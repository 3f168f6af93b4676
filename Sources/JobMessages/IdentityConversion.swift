import Foundation
import KeyModel
import SwiftProtobuf

extension WireRegisteredOperatorRequest {
    init(_ model: RegisteredOperatorRequest) {
        self.init()
        switch model {
        case .list: list = WireListOperators()
        case .add(let name, let der, let roles, let replaced, let signed):
            add = .with {
                $0.name = name
                $0.der = Data(der)
                $0.roles = WireRoles.names(roles)
                $0.signed = WireSignedStatement(signed)
                $0.replaced = Data(replaced?.bytes ?? [])
            }
        case .revoke(let fingerprint): revoke = Data(fingerprint.bytes)
        }
    }

    func model() throws(JobMessageError) -> RegisteredOperatorRequest {
        switch request {
        case .list: .list
        case .add(let add):
            .add(
                name: add.name,
                der: [UInt8](add.der),
                roles: try WireRoles.roles(add.roles),
                replaced: try .init(wireIfAny: add.replaced),
                signed: add.signed.model()
            )
        case .revoke(let fingerprint): .revoke(try .init(wire: fingerprint))
        case nil: throw .notUnderstood
        }
    }
}

extension WireRegisteredOperatorAnswer {
    init(_ model: RegisteredOperatorAnswer) {
        self.init()
        switch model {
        case .list(let all): list = .with { $0.operators = all.map(WireRegisteredOperator.init) }
        case .added(let added): self.added = WireRegisteredOperator(added)
        case .revoked(let revoked): self.revoked = WireRegisteredOperator(revoked)
        }
    }

    func model() throws(JobMessageError) -> RegisteredOperatorAnswer {
        switch answer {
        case .list(let list):
            var all: [Operator] = []
            for one in list.operators { all.append(try one.model()) }
            return .list(all)
        case .added(let added): return .added(try added.model())
        case .revoked(let revoked): return .revoked(try revoked.model())
        case nil: throw .notUnderstood
        }
    }
}

extension WireRegisteredOperator {
    init(_ model: Operator) {
        self.init()
        fingerprint = Data(model.fingerprint.bytes)
        name = model.name
        roles = WireRoles.names(model.roles)
        status = model.status.rawValue
        notAfter = model.notAfter.secondsSince1970
    }

    func model() throws(JobMessageError) -> Operator {
        guard let status = Operator.Status(rawValue: status) else { throw .notUnderstood }
        return Operator(
            fingerprint: try .init(wire: fingerprint),
            name: name,
            roles: try WireRoles.roles(roles),
            status: status,
            notAfter: Timestamp(secondsSince1970: notAfter)
        )
    }
}

extension WireServiceIdentityRequest {
    init(_ model: ServiceIdentityRequest) {
        self.init()
        switch model {
        case .list: list = WireListIdentities()
        case .add(let name, let der, let replaced, let signed):
            add = .with {
                $0.name = name
                $0.der = Data(der)
                $0.signed = WireSignedStatement(signed)
                $0.replaced = Data(replaced?.bytes ?? [])
            }
        case .revoke(let fingerprint, let isOwnMeant):
            revoke = .with {
                $0.fingerprint = Data(fingerprint.bytes)
                $0.isOwnMeant = isOwnMeant
            }
        }
    }

    func model() throws(JobMessageError) -> ServiceIdentityRequest {
        switch request {
        case .list: .list
        case .add(let add):
            .add(
                name: add.name,
                der: [UInt8](add.der),
                replaced: try .init(wireIfAny: add.replaced),
                signed: add.signed.model()
            )
        case .revoke(let revoke): .revoke(try .init(wire: revoke.fingerprint), isOwnMeant: revoke.isOwnMeant)
        case nil: throw .notUnderstood
        }
    }
}

extension WireServiceIdentityAnswer {
    init(_ model: ServiceIdentityAnswer) {
        self.init()
        switch model {
        case .list(let all): list = .with { $0.services = all.map(WireRegisteredService.init) }
        case .added(let added): self.added = WireRegisteredService(added)
        case .revoked(let revoked): self.revoked = WireRegisteredService(revoked)
        }
    }

    func model() throws(JobMessageError) -> ServiceIdentityAnswer {
        switch answer {
        case .list(let list):
            var all: [ServiceIdentity] = []
            for one in list.services { all.append(try one.model()) }
            return .list(all)
        case .added(let added): return .added(try added.model())
        case .revoked(let revoked): return .revoked(try revoked.model())
        case nil: throw .notUnderstood
        }
    }
}

extension WireRegisteredService {
    init(_ model: ServiceIdentity) {
        self.init()
        fingerprint = Data(model.fingerprint.bytes)
        name = model.name
        role = model.role.rawValue
        status = model.status.rawValue
        notAfter = model.notAfter.secondsSince1970
    }

    func model() throws(JobMessageError) -> ServiceIdentity {
        guard let role = ServiceRole(rawValue: role), let status = ServiceIdentity.Status(rawValue: status) else {
            throw .notUnderstood
        }
        return ServiceIdentity(
            fingerprint: try .init(wire: fingerprint),
            name: name,
            role: role,
            status: status,
            notAfter: Timestamp(secondsSince1970: notAfter)
        )
    }
}

extension CertificateFingerprint? {
    /// Empty bytes stand for none.
    fileprivate init(wireIfAny bytes: Data) throws(JobMessageError) {
        self = bytes.isEmpty ? nil : try CertificateFingerprint(wire: bytes)
    }
}
