import Foundation
import KeyModel
import SwiftProtobuf

extension WireInstanceRequest {
    init(_ model: InstanceRequest) {
        self.init()
        switch model {
        case .list: list = WireListInstances()
        case .show(let name): show = .with { $0.name = name }
        case .create(let name): create = .with { if let name { $0.name = name } }
        case .activate(let name, let rootKey):
            activate = .with {
                $0.name = name
                $0.rootKey = rootKey
            }
        case .deactivate(let name): deactivate = .with { $0.name = name }
        case .remove(let name, let repeatedName):
            remove = .with {
                $0.name = name
                if let repeatedName { $0.repeatedName = repeatedName }
            }
        case .removalSteps(let name): removalSteps = .with { $0.name = name }
        case .checkRemovalStep(let name, let step, let isChecked):
            checkRemovalStep = .with {
                $0.name = name
                $0.step = step.rawValue
                $0.isChecked = isChecked
            }
        }
    }

    func model() throws(JobMessageError) -> InstanceRequest {
        switch request {
        case .list: .list
        case .show(let show): .show(name: show.name)
        case .create(let create): .create(name: create.hasName ? create.name : nil)
        case .activate(let activate): .activate(name: activate.name, rootKey: activate.rootKey)
        case .deactivate(let deactivate): .deactivate(name: deactivate.name)
        case .remove(let remove):
            .remove(name: remove.name, repeatedName: remove.hasRepeatedName ? remove.repeatedName : nil)
        case .removalSteps(let show): .removalSteps(name: show.name)
        case .checkRemovalStep(let check):
            .checkRemovalStep(name: check.name, try RemovalStep(wire: check.step), isChecked: check.isChecked)
        case nil: throw .notUnderstood
        }
    }
}

extension WireInstanceAnswer {
    init(_ model: InstanceAnswer) {
        self.init()
        switch model {
        case .list(let instances): list = .with { $0.instances = instances.map(WireInstanceDescription.init) }
        case .shown(let details): shown = WireInstanceDetails(details)
        case .changed(let description): changed = WireInstanceDescription(description)
        case .removed(let instance, let remaining):
            removed = .with {
                $0.instance = WireInstanceDescription(
                    InstanceDescription(instance: instance, certificateCount: 0, objectCounts: [:])
                )
                $0.remainingKeys = UInt64(clamping: remaining)
            }
        case .removalSteps(let progress): removalSteps = WireRemovalProgress(progress)
        }
    }

    func model() throws(JobMessageError) -> InstanceAnswer {
        switch answer {
        case .list(let list):
            var descriptions: [InstanceDescription] = []
            for description in list.instances { descriptions.append(try description.model()) }
            return .list(descriptions)
        case .shown(let details): return .shown(try details.model())
        case .changed(let description): return .changed(try description.model())
        case .removed(let removed):
            let instance = try removed.instance.model().instance
            return .removed(instance, remainingKeys: Int(clamping: removed.remainingKeys))
        case .removalSteps(let progress): return .removalSteps(try progress.model())
        case nil: throw .notUnderstood
        }
    }
}

extension WireInstanceDetails {
    init(_ details: InstanceDetails) {
        self.init()
        description_p = WireInstanceDescription(details.description)
        if let name = details.rootKeyName { rootKeyName = name }
        if let version = details.rootKeyVersion { rootKeyVersion = UInt32(clamping: version) }
        if let obstacle = details.obstacle { self.obstacle = obstacle.rawValue }
        certificates = details.certificates.map(WireClientCertificate.init)
        if let time = details.lastUse { lastUse = time.secondsSince1970 }
    }

    func model() throws(JobMessageError) -> InstanceDetails {
        var obstacle: ServiceObstacle?
        if hasObstacle {
            guard let known = ServiceObstacle(rawValue: self.obstacle) else { throw .notUnderstood }
            obstacle = known
        }
        var certificates: [ClientCertificate] = []
        for certificate in self.certificates { certificates.append(try certificate.model()) }
        return InstanceDetails(
            description: try description_p.model(),
            rootKey: (hasRootKeyName ? rootKeyName : nil, hasRootKeyVersion ? Int(rootKeyVersion) : nil),
            obstacle: obstacle,
            certificates: certificates,
            lastUse: hasLastUse ? Timestamp(secondsSince1970: lastUse) : nil
        )
    }
}

extension RemovalStep {
    fileprivate init(wire text: String) throws(JobMessageError) {
        guard let step = RemovalStep(rawValue: text) else { throw .notUnderstood }
        self = step
    }
}

extension WireRemovalProgress {
    init(_ progress: RemovalProgress) {
        self.init()
        description_p = WireInstanceDescription(progress.description)
        checks = progress.checks.map { check in
            .with {
                $0.step = check.step.rawValue
                $0.operator = Data(check.operator.bytes)
                if let name = check.operatorName { $0.operatorName = name }
                $0.time = check.time.secondsSince1970
            }
        }
        if let time = progress.lastUse { lastUse = time.secondsSince1970 }
        if let name = progress.rootKeyName { rootKeyName = name }
        otherInstances = progress.otherInstances
    }

    func model() throws(JobMessageError) -> RemovalProgress {
        var checks: [RemovalCheck] = []
        for check in self.checks {
            checks.append(
                RemovalCheck(
                    step: try RemovalStep(wire: check.step),
                    operator: try .init(wire: check.operator),
                    operatorName: check.hasOperatorName ? check.operatorName : nil,
                    time: Timestamp(secondsSince1970: check.time)
                )
            )
        }
        return RemovalProgress(
            description: try description_p.model(),
            checks: checks,
            lastUse: hasLastUse ? Timestamp(secondsSince1970: lastUse) : nil,
            rootKey: (hasRootKeyName ? rootKeyName : nil, otherInstances)
        )
    }
}
