import HSM
import KeyModel
import KeyStorage

/// Carries out the operations of one KMIP job, in order. One operation is in one file beside this.
///
/// An operation either succeeds, with all its changes in `view` and `changes`, or fails and has changed nothing.
struct OperationRun {
    let scope: JobScope
    let authority: Authority
    let hsm: HSMSession
    let view: BatchView
    var changes = JobChanges()
    /// The object of the operation before, where it made or found exactly one (the ID placeholder).
    var placeholder: UniqueIdentifier?

    init(scope: JobScope, authority: Authority, hsm: HSMSession, view: BatchView) {
        self.scope = scope
        self.authority = authority
        self.hsm = hsm
        self.view = view
    }

    private static let longestIdentifier = 128

    /// - Parameter limits: an operation that would go beyond them fails.
    /// - Throws: `abandoned` only; a failure is an outcome.
    mutating func run(
        _ job: KMIPJob,
        within limits: WorkLimits
    ) throws(ExecutionError) -> [OperationOutcome] {
        let begin = ContinuousClock.now
        var answerBytes = 0
        var outcomes: [OperationOutcome] = []
        var isStopped = false
        for operation in job.operations {
            guard !isStopped else {
                outcomes.append(.failure(OperationFailure(.notAttempted)))
                continue
            }
            let before = (changes, placeholder)
            do throws(ExecutionError) {
                guard outcomes.isEmpty || begin.duration(to: .now) < limits.job else { throw .failure(.tooMuchWork) }
                let result = try perform(operation)
                let withResult = answerBytes + result.unboundedByteCount
                guard withResult <= limits.answerBytes else { throw .failure(.replyTooLarge) }
                answerBytes = withResult
                outcomes.append(.success(result))
            } catch {
                guard case .failure(let failure) = error else { throw error }
                (changes, placeholder) = before
                changes.record(
                    scope.event(
                        operation.auditAction,
                        object: operation.identifier ?? placeholder,
                        failure: failure.code
                    )
                )
                outcomes.append(.failure(failure))
                isStopped = !job.continuesAfterFailure
            }
        }
        return outcomes
    }

    private mutating func perform(_ operation: Operation) throws(ExecutionError) -> OperationResult {
        switch operation {
        case .create(let request): try create(request)
        case .register(let request): try register(request)
        case .get(let request): try get(request)
        case .getAttributes(let request): try getAttributes(request)
        case .getAttributeList(let request): try getAttributeList(request)
        case .addAttribute(let request): try addAttribute(request)
        case .modifyAttribute(let request): try modifyAttribute(request)
        case .deleteAttribute(let request): try deleteAttribute(request)
        case .locate(let request): try locate(request)
        case .activate(let request): try activate(request)
        case .revoke(let request): try revoke(request)
        case .destroy(let request): try destroy(request)
        }
    }

    /// The object that an operation is about.
    mutating func object(_ identifier: UniqueIdentifier?) throws(ExecutionError) -> ManagedObject {
        guard let identifier = identifier ?? placeholder else { throw .failure(.noIdentifier) }
        // No identifier that was given out is longer: what a client makes up need not reach the store.
        guard identifier.text.utf8.count <= Self.longestIdentifier else { throw .failure(.itemNotFound) }
        let key = ObjectKey(instance: scope.instance.identifier, identifier: identifier)
        return try view.object(key, at: scope.now)
    }

    mutating func save(_ object: ManagedObject, as action: AuditEvent.Action) {
        view.put(changes.update(object))
        changes.record(scope.event(action, object: object.identifier))
    }

    mutating func saveNew(_ object: ManagedObject, as action: AuditEvent.Action) {
        changes.insert(object)
        view.put(object)
        changes.record(scope.event(action, object: object.identifier))
        placeholder = object.identifier
    }

    /// Throws where a name that is asked for belongs to another live object of the instance.
    func requireUniqueNames(_ attributes: [Attribute], except identifier: UniqueIdentifier?) throws(ExecutionError) {
        for name in attributes.filter({ $0.name == .name }).flatMap({ Self.namesakes(of: $0.value) }) {
            let filter = ObjectFilter(attributes: [Attribute(name: .name, value: name)])
            let owners = try view.matching(filter, in: scope.instance.identifier, at: scope.now).found
            guard owners.allSatisfy({ $0.identifier == identifier }) else {
                throw .failure(OperationFailure(.nameNotUnique, attribute: .name))
            }
        }
    }

    /// A text and a URI of the same characters are the same name (`ObjectName`).
    private static func namesakes(of name: AttributeValue) -> Set<AttributeValue> {
        guard case .structure(let fields) = name else { return [name] }
        let others = [UInt32(1), 2].map { type in
            AttributeValue.structure(
                fields.map { field in
                    guard field.name == "Name Type" else { return field }
                    return AttributeValue.Field(name: field.name, value: .enumeration(type))
                }
            )
        }
        return Set([name] + others)
    }
}

extension Operation {
    /// What the audit trail calls the operation.
    var auditAction: AuditEvent.Action {
        switch self {
        case .create: .keyCreate
        case .register: .keyRegister
        case .get: .keyRead
        case .getAttributes, .getAttributeList: .attributesRetrieve
        case .addAttribute, .modifyAttribute, .deleteAttribute: .attributesChange
        case .locate: .keyLocate
        case .activate: .keyActivate
        case .revoke: .keyRevoke
        case .destroy: .keyDestroy
        }
    }
}

extension MaterialKind {
    /// How the HSM handles material of an algorithm and length; nil for what is not served.
    init?(_ algorithm: KeyAlgorithm, length: Int) {
        guard let count = algorithm.materialByteCount(forLength: length) else { return nil }
        self = algorithm == .tripleDES ? .des3 : .aes(byteCount: count)
    }
}
