import KeyModel

extension OperationRun {
    /// Get Attributes (KMIP 1.4, 4.12).
    mutating func getAttributes(_ request: GetAttributesOperation) throws(ExecutionError) -> OperationResult {
        let object = try object(request.identifier)
        changes.record(scope.event(.attributesRetrieve, object: object.identifier))
        return .attributes(object.identifier, object.attributes(named: request.names))
    }

    /// Get Attribute List (KMIP 1.4, 4.13).
    mutating func getAttributeList(_ request: GetAttributeListOperation) throws(ExecutionError) -> OperationResult {
        let object = try object(request.identifier)
        changes.record(scope.event(.attributesRetrieve, object: object.identifier))
        return .attributeList(object.identifier, object.attributeNames)
    }
}
