import KeyModel

extension OperationRun {
    /// Activate (KMIP 1.4, 4.19).
    mutating func activate(_ request: ActivateOperation) throws(ExecutionError) -> OperationResult {
        var object = try object(request.identifier)
        try deciding { () throws(OperationFailure) in try object.activate(at: scope.now) }
        save(object, as: .keyActivate)
        return .activated(object.identifier)
    }

    /// Revoke (KMIP 1.4, 4.20).
    mutating func revoke(_ request: RevokeOperation) throws(ExecutionError) -> OperationResult {
        var object = try object(request.identifier)
        try deciding { () throws(OperationFailure) in
            try object.revoke(request.reason, occurrence: request.compromiseOccurrence, at: scope.now)
        }
        save(object, as: .keyRevoke)
        return .revoked(object.identifier)
    }

    /// Destroy (KMIP 1.4, 4.21).
    mutating func destroy(_ request: DestroyOperation) throws(ExecutionError) -> OperationResult {
        var object = try object(request.identifier)
        try deciding { () throws(OperationFailure) in try object.destroy(at: scope.now) }
        save(object, as: .keyDestroy)
        return .destroyed(object.identifier)
    }
}
