import KMIP
import KeyModel

/// What becomes of each item of a request: answered here, or an operation of the job. Pure.
struct RequestPlan {
    enum Step {
        /// Answered by the gateway itself.
        case answered(ResponseItem)
        /// The next operation of the job.
        case operation(KMIP.Operation, identifier: [UInt8]?)
    }

    private(set) var steps: [Step] = []
    /// For the worker, in order.
    private(set) var operations: [KeyModel.Operation] = []
    let continuesAfterFailure: Bool

    /// With Stop (KMIP 1.4, 6.13), nothing behind an item that fails here is planned: it is not to be done, and its
    /// response is not to be sent (chapter 11).
    init(_ request: ReceivedRequest, mapping: OperationMapping) {
        continuesAfterFailure = request.header.batchErrorContinuation == .continue
        for item in request.items {
            do {
                let payload = try item.payload.mapError { ItemFailure($0.itemReason, $0.message) }.get()
                if let local = LocalAnswers.answer(payload) {
                    steps.append(.answered(.success(local, identifier: item.identifier)))
                } else if let operation = try mapping.operation(payload) {
                    try operation.requireAttributes(of: request.header.version, for: payload.operation)
                    operations.append(operation)
                    steps.append(.operation(payload.operation, identifier: item.identifier))
                }
            } catch {
                steps.append(.answered(item.failure(error)))
                if !continuesAfterFailure { return }
            }
        }
    }

    /// The response items, with the outcomes of the job in their places.
    ///
    /// - Parameter outcomes: one for each of `operations`.
    func items(_ outcomes: [OperationOutcome], mapping: ResultMapping) -> [ResponseItem] {
        var remaining = outcomes[...]
        var items: [ResponseItem] = []
        for step in steps {
            switch step {
            case .answered(let item): items.append(item)
            case .operation(let operation, let identifier):
                let outcome = remaining.popFirst() ?? .failure(OperationFailure(.notAttempted))
                items.append(Self.item(outcome, operation, identifier: identifier, mapping: mapping))
            }
            if !continuesAfterFailure, items.last?.status != .success { break }
        }
        return items
    }

    /// The objects that the items of `items(_:mapping:)` are about, as far as they are known.
    func objects(_ outcomes: [OperationOutcome]) -> [UniqueIdentifier?] {
        var remaining = Array(zip(operations, outcomes))[...]
        return steps.map { step in
            guard case .operation = step, let (operation, outcome) = remaining.popFirst() else { return nil }
            return (try? outcome.get())?.object ?? operation.identifier
        }
    }

    private static func item(
        _ outcome: OperationOutcome,
        _ operation: KMIP.Operation,
        identifier: [UInt8]?,
        mapping: ResultMapping
    ) -> ResponseItem {
        do {
            let result = try outcome.mapError { ItemFailure($0, of: operation) }.get()
            return .success(try mapping.payload(result), identifier: identifier)
        } catch {
            return .failure(
                operation: operation,
                identifier: identifier,
                reason: error.reason,
                message: error.message
            )
        }
    }
}

extension OperationResult {
    /// The one object that the operation was about, or that it made or found.
    fileprivate var object: UniqueIdentifier? {
        switch self {
        case .created(_, let identifier), .registered(let identifier), .attributes(let identifier, _),
            .attributeList(let identifier, _), .attributeAdded(let identifier, _),
            .attributeModified(let identifier, _), .attributeDeleted(let identifier, _),
            .activated(let identifier), .revoked(let identifier), .destroyed(let identifier):
            identifier
        case .got(let key): key.identifier
        case .located(let found, _): found.count == 1 ? found[0] : nil
        }
    }
}

extension ReceivedRequestItem {
    fileprivate func failure(_ failure: ItemFailure) -> ResponseItem {
        .failure(operation: operation, identifier: identifier, reason: failure.reason, message: failure.message)
    }
}
