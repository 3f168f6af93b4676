import HSM
import KeyModel
import KeyStorage

extension OperationRun {
    /// Get (KMIP 1.4, 4.11): the HSM unwraps the key under its root key version and wraps it again for this gateway.
    ///
    /// Answered in every state but the destroyed ones: vCenter fetches keys that are not active yet, and looks at the
    /// state itself.
    mutating func get(_ request: GetOperation) throws(ExecutionError) -> OperationResult {
        let object = try object(request.identifier)
        let key = try retrieve(object)
        changes.markRetrieved(ObjectKey(object))
        changes.record(scope.event(.keyRead, object: object.identifier))
        return .got(key)
    }

    private func retrieve(_ object: ManagedObject) throws(ExecutionError) -> RetrievedKey {
        try deciding { () throws(OperationFailure) in try object.requireNotDestroyed() }
        guard let material = object.material, let kind = MaterialKind(object.algorithm, length: object.length) else {
            throw .failure(.recordCorrupted)
        }
        let source = try rootTokenKey(of: material)
        let blob = try usingHSM(rejection: .recordCorrupted) { () throws(HSMError) in
            try hsm.rewrap(
                material.blob,
                from: .rootKeyVersion(source),
                to: .transportKey(scope.transportKey),
                kind
            )
        }
        return RetrievedKey(
            identifier: object.identifier,
            objectType: object.objectType,
            algorithm: object.algorithm,
            length: object.length,
            material: TransportedKeyMaterial(blob: blob, trueLength: material.trueLength),
            digest: object.digest
        )
    }

    /// The root key version that the material is under, as long as its root key is in service.
    private func rootTokenKey(of material: WrappedKeyMaterial) throws(ExecutionError) -> TokenKeyIdentifier {
        guard authority.rootKeys.contains(where: { $0.identifier == material.rootKey && $0.status == .active }) else {
            throw .failure(.instanceNotInService)
        }
        let version = authority.rootKeyVersions.first {
            $0.rootKey == material.rootKey && $0.version == material.rootKeyVersion && $0.isLive
        }
        guard let version, let identifier = TokenKeyIdentifier(version.tokenKeyID) else {
            throw .failure(.recordCorrupted)
        }
        return identifier
    }
}
