import KeyModel
import SwiftProtobuf

extension WireOperationRequest {
    init(_ model: BackgroundOperationRequest) {
        self.init()
        switch model {
        case .list: list = WireListOperations()
        case .show(let identifier): show = identifier.text
        }
    }

    func model() throws(JobMessageError) -> BackgroundOperationRequest {
        switch request {
        case .list: .list
        case .show(let identifier): .show(OperationIdentifier(identifier))
        case nil: throw .notUnderstood
        }
    }
}

extension WireOperationAnswer {
    init(_ model: BackgroundOperationAnswer) {
        self.init()
        switch model {
        case .list(let all): list = .with { $0.operations = all.map(WireBackgroundOperation.init) }
        case .operation(let operation): self.operation = WireBackgroundOperation(operation)
        }
    }

    func model() throws(JobMessageError) -> BackgroundOperationAnswer {
        switch answer {
        case .list(let list):
            var operations: [BackgroundOperation] = []
            for operation in list.operations { operations.append(try operation.model()) }
            return .list(operations)
        case .operation(let operation): return .operation(try operation.model())
        case nil: throw .notUnderstood
        }
    }
}

extension WireBackgroundOperation {
    init(_ model: BackgroundOperation) {
        self.init()
        identifier = model.identifier.text
        kind = model.kind.rawValue
        partition = model.partition.text
        subject = model.subject
        subjectName = model.subjectName
        if let version = model.targetVersion { targetVersion = UInt32(clamping: version) }
        state = model.state.rawValue
        done = UInt64(clamping: model.done)
        failed = UInt64(clamping: model.failed)
        total = UInt64(clamping: model.total)
        started = model.started.secondsSince1970
        if let finished = model.finished { self.finished = finished.secondsSince1970 }
        report = model.report.sorted { $0.key < $1.key }.map { version, count in
            .with {
                $0.version = UInt32(clamping: version)
                $0.count = UInt64(clamping: count)
            }
        }
    }

    func model() throws(JobMessageError) -> BackgroundOperation {
        guard let kind = BackgroundOperation.Kind(rawValue: kind), let partition = PartitionName(partition),
            let state = BackgroundOperation.State(rawValue: state)
        else { throw .notUnderstood }
        var model = BackgroundOperation(
            stored: BackgroundOperation.Subject(
                identifier: subject,
                name: subjectName,
                targetVersion: hasTargetVersion ? Int(targetVersion) : nil
            ),
            identifier: OperationIdentifier(identifier),
            kind: kind,
            partition: partition,
            started: Timestamp(secondsSince1970: started)
        )
        model.state = state
        model.done = Int(clamping: done)
        model.failed = Int(clamping: failed)
        model.total = Int(clamping: total)
        model.finished = hasFinished ? Timestamp(secondsSince1970: finished) : nil
        model.report = Dictionary(report.map { (Int($0.version), Int(clamping: $0.count)) }, uniquingKeysWith: { $1 })
        return model
    }
}
