import KeyModel

extension OperationRun {
    /// Add Attribute (KMIP 1.4, 4.14).
    mutating func addAttribute(_ request: AddAttributeOperation) throws(ExecutionError) -> OperationResult {
        var object = try object(request.identifier)
        try requireUniqueNames([request.attribute], except: object.identifier)
        let added = try deciding { () throws(OperationFailure) in try object.add(request.attribute, at: scope.now) }
        save(object, as: .attributesChange)
        return .attributeAdded(object.identifier, added)
    }

    /// Modify Attribute (KMIP 1.4, 4.15).
    mutating func modifyAttribute(_ request: ModifyAttributeOperation) throws(ExecutionError) -> OperationResult {
        var object = try object(request.identifier)
        try requireUniqueNames([request.attribute], except: object.identifier)
        let modified = try deciding { () throws(OperationFailure) in
            try object.modify(request.attribute, at: scope.now)
        }
        save(object, as: .attributesChange)
        return .attributeModified(object.identifier, modified)
    }

    /// Delete Attribute (KMIP 1.4, 4.16).
    mutating func deleteAttribute(_ request: DeleteAttributeOperation) throws(ExecutionError) -> OperationResult {
        var object = try object(request.identifier)
        let deleted = try deciding { () throws(OperationFailure) in
            try object.deleteAttribute(request.name, index: request.index, at: scope.now)
        }
        save(object, as: .attributesChange)
        return .attributeDeleted(object.identifier, deleted)
    }
}
