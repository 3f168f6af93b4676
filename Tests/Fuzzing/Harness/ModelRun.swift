import JobSealing
import KeyModel
import PipelineFixtures

/// Carries out a job's operations on objects in memory: what the worker does, but for HSM and store.
struct ModelRun {
    static let now = Timestamp(secondsSince1970: JobFixture.now / 1_000)
    private static let mostObjects = 64

    private var objects: [UniqueIdentifier: ManagedObject] = [:]
    private var placeholder: UniqueIdentifier?

    mutating func run(_ job: KMIPJob) throws -> [OperationOutcome] {
        // One object is there, under the name that the seeds ask for.
        let known = UniqueIdentifier("6ba7b810-9dad-41d1-80b4-00c04fd430c8")
        objects[known] = try Self.object(known)
        placeholder = known
        var outcomes: [OperationOutcome] = []
        for operation in job.operations {
            do throws(OperationFailure) {
                outcomes.append(.success(try perform(operation)))
            } catch {
                outcomes.append(.failure(error))
                if !job.continuesAfterFailure { break }
            }
            for object in objects.values { try checkObject(object) }
        }
        return outcomes
    }

    private mutating func perform(_ operation: Operation) throws(OperationFailure) -> OperationResult {
        switch operation {
        case .create(let request):
            let template = try ObjectTemplate(objectType: request.objectType, attributes: request.attributes)
            return .created(template.objectType, try keep(template))
        case .register(let request):
            let template = try ObjectTemplate(
                objectType: request.objectType,
                attributes: request.attributes,
                keyBlock: (request.algorithm, request.length)
            )
            return .registered(try keep(template))
        case .locate(let request): return locate(request)
        case .get(let request): return .got(try retrieved(try find(request.identifier)))
        case .getAttributes(let request):
            let object = try find(request.identifier)
            return .attributes(object.identifier, object.attributes(named: request.names))
        case .getAttributeList(let request):
            let object = try find(request.identifier)
            return .attributeList(object.identifier, object.attributeNames)
        case .addAttribute, .modifyAttribute, .deleteAttribute, .activate, .revoke, .destroy:
            return try change(operation)
        }
    }

    private mutating func change(_ operation: Operation) throws(OperationFailure) -> OperationResult {
        var object = try find(operation.identifier)
        let result: OperationResult
        switch operation {
        case .addAttribute(let request):
            result = .attributeAdded(object.identifier, try object.add(request.attribute, at: Self.now))
        case .modifyAttribute(let request):
            result = .attributeModified(object.identifier, try object.modify(request.attribute, at: Self.now))
        case .deleteAttribute(let request):
            let gone = try object.deleteAttribute(request.name, index: request.index, at: Self.now)
            result = .attributeDeleted(object.identifier, gone)
        case .activate:
            try object.activate(at: Self.now)
            result = .activated(object.identifier)
        case .revoke(let request):
            try object.revoke(request.reason, occurrence: request.compromiseOccurrence, at: Self.now)
            result = .revoked(object.identifier)
        default:
            try object.destroy(at: Self.now)
            result = .destroyed(object.identifier)
        }
        objects[object.identifier] = object
        return result
    }

    private func find(_ identifier: UniqueIdentifier?) throws(OperationFailure) -> ManagedObject {
        guard let identifier = identifier ?? placeholder, let object = objects[identifier] else {
            throw OperationFailure(.itemNotFound)
        }
        return object
    }

    private mutating func keep(_ template: ObjectTemplate) throws(OperationFailure) -> UniqueIdentifier {
        guard objects.count < Self.mostObjects else { throw OperationFailure(.storeUnavailable) }
        let identifier = UniqueIdentifier("object \(objects.count)")
        objects[identifier] = Self.object(identifier, template)
        placeholder = identifier
        return identifier
    }

    /// An AES-256 key.
    static func object(_ identifier: UniqueIdentifier) throws -> ManagedObject {
        let aes = [
            Attribute(name: .cryptographicAlgorithm, value: .enumeration(3)),
            Attribute(name: .cryptographicLength, value: .integer(256)),
            Attribute(name: .cryptographicUsageMask, value: .integer(12)),
        ]
        return object(identifier, try ObjectTemplate(objectType: .symmetricKey, attributes: aes))
    }

    private static func object(_ identifier: UniqueIdentifier, _ template: ObjectTemplate) -> ManagedObject {
        ManagedObject(
            identifier: identifier,
            instance: InstanceIdentifier("i"),
            template: template,
            digest: [UInt8](repeating: 0xD1, count: 32),
            material: WrappedKeyMaterial(
                blob: [1, 2, 3],
                trueLength: 32,
                rootKey: RootKeyIdentifier("r"),
                rootKeyVersion: 1
            ),
            createdAt: Self.now
        )
    }

    private mutating func locate(_ request: LocateOperation) -> OperationResult {
        let found = objects.values.filter { request.filter.matches($0) }.map(\.identifier)
        let page = found.dropFirst(request.offset).prefix(request.maximumItems ?? 10_000)
        placeholder = page.count == 1 ? page.first : nil
        return .located(Array(page), total: found.count)
    }

    private func retrieved(_ object: ManagedObject) throws(OperationFailure) -> RetrievedKey {
        try object.requireNotDestroyed()
        return RetrievedKey(
            identifier: object.identifier,
            objectType: object.objectType,
            algorithm: object.algorithm,
            length: object.length,
            material: TransportedKeyMaterial(blob: [1, 2, 3], trueLength: 3),
            digest: object.digest
        )
    }

    /// What holds for every object, whatever was done to it.
    private func checkObject(_ object: ManagedObject) throws(Violation) {
        try require(object.attributes.count <= AttributeLimits.count, "\(object.attributes.count) attributes")
        try require(object.state.isDestroyed == (object.material == nil), "material in state \(object.state)")
        let instances = object.attributes.map { "\($0.name.text)\u{0}\($0.index)" }
        try require(Set(instances).count == instances.count, "an attribute instance is there twice")
        for attribute in object.attributes {
            let name = attribute.name.text.utf8.count
            try require((1...AttributeLimits.nameByteCount).contains(name), "an attribute name of \(name) bytes")
        }
    }
}
