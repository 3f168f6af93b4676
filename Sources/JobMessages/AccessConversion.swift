import Foundation
import KeyModel
import SwiftProtobuf

extension WireSignedStatement {
    init(_ model: SignedStatement) {
        self.init()
        statement = Data(model.statement)
        signature = model.signature
        certificate = Data(model.certificate)
    }

    func model() -> SignedStatement {
        SignedStatement(statement: [UInt8](statement), signature: signature, certificate: [UInt8](certificate))
    }
}

/// Roles travel by their names, in order.
enum WireRoles {
    static func names<Role: RawRepresentable<String>>(_ roles: Set<Role>) -> [String] {
        roles.map(\.rawValue).sorted()
    }

    static func roles<Role: RawRepresentable<String> & Hashable>(
        _ names: [String]
    ) throws(JobMessageError) -> Set<Role> {
        var roles: Set<Role> = []
        for name in names {
            guard let role = Role(rawValue: name) else { throw .notUnderstood }
            roles.insert(role)
        }
        return roles
    }
}

extension WireAuthorizationRequest {
    init(_ model: AuthorizationRequest) {
        self.init()
        switch model {
        case .list(let rootKey):
            self.rootKey = rootKey
            list = WireListAuthorizations()
        case .grant(let rootKey, let instance, let roles, let signed):
            self.rootKey = rootKey
            grant = .with {
                $0.instance = instance
                $0.roles = WireRoles.names(roles)
                $0.signed = WireSignedStatement(signed)
            }
        case .withdraw(let rootKey, let instance):
            self.rootKey = rootKey
            withdraw = .with { $0.instance = instance }
        }
    }

    func model() throws(JobMessageError) -> AuthorizationRequest {
        switch request {
        case .list: .list(rootKey: rootKey)
        case .grant(let grant):
            .grant(
                rootKey: rootKey,
                instance: grant.instance,
                roles: try WireRoles.roles(grant.roles),
                signed: grant.signed.model()
            )
        case .withdraw(let withdraw): .withdraw(rootKey: rootKey, instance: withdraw.instance)
        case nil: throw .notUnderstood
        }
    }
}

extension WireAuthorizationAnswer {
    init(_ model: AuthorizationAnswer) {
        self.init()
        switch model {
        case .list(let all): list = .with { $0.authorizations = all.map(WireAuthorizationDescription.init) }
        case .granted(let description): granted = WireAuthorizationDescription(description)
        case .withdrawn(let description): withdrawn = WireAuthorizationDescription(description)
        }
    }

    func model() throws(JobMessageError) -> AuthorizationAnswer {
        switch answer {
        case .list(let list):
            var all: [AuthorizationDescription] = []
            for description in list.authorizations { all.append(try description.model()) }
            return .list(all)
        case .granted(let description): return .granted(try description.model())
        case .withdrawn(let description): return .withdrawn(try description.model())
        case nil: throw .notUnderstood
        }
    }
}

extension WireAuthorizationDescription {
    init(_ description: AuthorizationDescription) {
        self.init()
        instance = description.authorization.instance.text
        instanceName = description.instanceName
        rootKey = description.authorization.rootKey.text
        rootKeyName = description.rootKeyName
        roles = WireRoles.names(description.authorization.roles)
    }

    func model() throws(JobMessageError) -> AuthorizationDescription {
        AuthorizationDescription(
            authorization: ServiceAuthorization(
                instance: InstanceIdentifier(instance),
                rootKey: RootKeyIdentifier(rootKey),
                roles: try WireRoles.roles(roles)
            ),
            instanceName: instanceName,
            rootKeyName: rootKeyName
        )
    }
}
