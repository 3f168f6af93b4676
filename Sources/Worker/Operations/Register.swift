import HSM
import KeyModel

extension OperationRun {
    /// Register (KMIP 1.4, 4.3): material that the gateway wrapped under its transport key goes under the root key
    /// without leaving the HSM.
    mutating func register(_ request: RegisterOperation) throws(ExecutionError) -> OperationResult {
        let template = try deciding { () throws(OperationFailure) in
            try ObjectTemplate(
                objectType: request.objectType,
                attributes: request.attributes,
                keyBlock: (request.algorithm, request.length)
            )
        }
        guard let kind = MaterialKind(template.algorithm, length: template.length),
            request.material.trueLength == kind.byteCount
        else { throw .failure(OperationFailure(.materialInvalid)) }
        try requireUniqueNames(template.attributes, except: nil)
        let wrapped = try usingHSM(rejection: .materialInvalid) { () throws(HSMError) in
            try hsm.rewrap(
                request.material.blob,
                from: .transportKey(scope.transportKey),
                to: .rootKeyVersion(scope.rootTokenKey),
                kind
            )
        }
        let object = ManagedObject(
            identifier: try newIdentifier(),
            instance: scope.instance.identifier,
            template: template,
            digest: request.digest,
            material: WrappedKeyMaterial(
                blob: wrapped,
                trueLength: request.material.trueLength,
                rootKey: scope.rootKeyVersion.rootKey,
                rootKeyVersion: scope.rootKeyVersion.version
            ),
            createdAt: scope.now
        )
        saveNew(object, as: .keyRegister)
        return .registered(object.identifier)
    }
}
