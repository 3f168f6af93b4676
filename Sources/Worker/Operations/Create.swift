import Cryptography
import HSM
import KeyModel

extension OperationRun {
    /// Create (KMIP 1.4, 4.1): the HSM generates, digests and wraps; the key itself is nowhere else.
    mutating func create(_ request: CreateOperation) throws(ExecutionError) -> OperationResult {
        let template = try deciding { () throws(OperationFailure) in
            try ObjectTemplate(objectType: request.objectType, attributes: request.attributes)
        }
        guard let kind = MaterialKind(template.algorithm, length: template.length) else {
            throw .failure(OperationFailure(.invalidField, attribute: .cryptographicLength))
        }
        try requireUniqueNames(template.attributes, except: nil)
        let generated = try usingHSM(rejection: .hsmUnavailable) { () throws(HSMError) in
            try hsm.generateKey(kind, under: scope.rootTokenKey)
        }
        let object = ManagedObject(
            identifier: try newIdentifier(),
            instance: scope.instance.identifier,
            template: template,
            digest: generated.digestSHA256,
            material: WrappedKeyMaterial(
                blob: generated.wrapped,
                trueLength: kind.byteCount,
                rootKey: scope.rootKeyVersion.rootKey,
                rootKeyVersion: scope.rootKeyVersion.version
            ),
            createdAt: scope.now
        )
        saveNew(object, as: .keyCreate)
        return .created(object.objectType, object.identifier)
    }

    /// A random UUID (RFC 9562, version 4), in lower case.
    func newIdentifier() throws(ExecutionError) -> UniqueIdentifier {
        var bytes: [UInt8]
        do {
            bytes = try RandomBytes.generate(count: 16)
        } catch {
            throw .abandoned(.hsmLost)
        }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(Hexadecimal.encode(bytes))
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return UniqueIdentifier(groups.joined(separator: "-"))
    }
}
