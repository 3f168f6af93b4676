import Cryptography
import FuzzInputs
import KeyModel
import PipelineFixtures

/// What a worker might answer to the operations of a request, one byte of script for each.
struct WorkerAnswers {
    private static let identifier = UniqueIdentifier("6ba7b810-9dad-41d1-80b4-00c04fd430c8")

    let script: [UInt8]
    let transportKey: SecretBox

    /// - Parameter continues: whether operations behind a failure are carried out.
    func outcomes(of operations: [Operation], continues: Bool) throws -> [OperationOutcome] {
        var script = InputReader(script)
        var isStopped = false
        let attributes = operations.flatMap(\.attributes)
        return try operations.map { operation in
            if isStopped { return .failure(OperationFailure(.notAttempted)) }
            let choice = script.byte()
            guard choice & 1 == 1 else { return .success(try result(of: operation, attributes, choice)) }
            isStopped = !continues
            let codes = OperationFailure.Code.allCases
            return .failure(
                OperationFailure(
                    codes[Int(choice >> 1) % codes.count],
                    attribute: choice >= 0x80 ? attributes.first?.name : nil
                )
            )
        }
    }

    private func result(
        of operation: Operation,
        _ attributes: [Attribute],
        _ choice: UInt8
    ) throws -> OperationResult {
        let target = operation.identifier ?? Self.identifier
        switch operation {
        case .create(let request): return .created(request.objectType, target)
        case .register: return .registered(target)
        case .get: return .got(try key(target, choice))
        case .getAttributes: return .attributes(target, attributes)
        case .getAttributeList: return .attributeList(target, attributes.map(\.name))
        case .addAttribute(let request): return .attributeAdded(target, request.attribute)
        case .modifyAttribute(let request): return .attributeModified(target, request.attribute)
        case .deleteAttribute:
            let gone = Attribute(name: AttributeName("x-gone"), value: .text("gone"))
            return .attributeDeleted(target, attributes.first ?? gone)
        case .locate:
            return .located([UniqueIdentifier](repeating: target, count: Int(choice)), total: Int(choice) << 26)
        case .activate: return .activated(target)
        case .revoke: return .revoked(target)
        case .destroy: return .destroyed(target)
        }
    }

    /// A key that the HSM wrapped; by choice of another length than it says, or not the record's.
    private func key(_ target: UniqueIdentifier, _ choice: UInt8) throws -> RetrievedKey {
        var bytes = [UInt8](repeating: 0x5A, count: 32)
        let digest = SHA256.hash(bytes)
        if choice & 2 != 0 { bytes += [0, 0, 0, 0, 0, 0, 0, 0] }
        if choice & 4 != 0 { bytes[0] = 0 }
        let secret = try SecretBytes.made(of: bytes)
        var blob = try AESKeyWrapPadded.wrap(secret, under: transportKey.bytes)
        if choice & 8 != 0 { blob.removeLast(choice & 16 == 0 ? 1 : blob.count) }
        let trueLength = choice & 32 == 0 ? 32 : choice & 64 == 0 ? 0 : Int(UInt32.max)
        return RetrievedKey(
            identifier: target,
            objectType: .symmetricKey,
            algorithm: .aes,
            length: choice & 128 == 0 ? 256 : Int(UInt32.max),
            material: TransportedKeyMaterial(blob: blob, trueLength: trueLength),
            digest: digest
        )
    }
}

extension Operation {
    /// Every attribute that the operation gives to an object.
    var attributes: [Attribute] {
        switch self {
        case .create(let request): request.attributes
        case .register(let request): request.attributes
        case .addAttribute(let request): [request.attribute]
        case .modifyAttribute(let request): [request.attribute]
        default: []
        }
    }
}
