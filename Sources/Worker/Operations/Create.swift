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
        do {
            return UniqueIdentifier(try RandomIdentifier.make())
        } catch {
            throw .abandoned(.hsmLost)
        }
    }
}
