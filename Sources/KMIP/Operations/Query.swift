package import TTLV

/// Query, request (KMIP 1.4, section 4.25).
package struct QueryRequest: Sendable {
    /// At least one.
    package var functions: [QueryFunction]

    package init(functions: [QueryFunction]) {
        self.functions = functions
    }
}

extension QueryRequest: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        functions = [try reader.enumeration(.queryFunction, QueryFunction.self)]
        while let function = try reader.enumerationIfPresent(.queryFunction, QueryFunction.self) {
            functions.append(function)
        }
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        for function in functions { writer.enumeration(.queryFunction, function) }
    }
}

/// Query, response: what was asked for, as far as there is any.
package struct QueryResponse: Sendable {
    package var operations: [Operation] = []
    package var objectTypes: [ObjectType] = []
    package var vendorIdentification: String?
    /// The content of Server Information, which is the vendor's own.
    package var serverInformation: [Item]?
    package var applicationNamespaces: [String] = []
    /// What follows in the standard's order: Extension Information (1.1), Attestation Type (1.2), RNG Parameters,
    /// Profile, Validation and Capability Information, Client Registration Method (1.3). Left out in older versions.
    package var details: [Item] = []

    package init() {}
}

extension QueryResponse: Payload {
    private static let detailTags: Set<Tag> = [
        .extensionInformation, .attestationType, .rngParameters, .profileInformation, .validationInformation,
        .capabilityInformation, .clientRegistrationMethod,
    ]

    init(from reader: inout ItemReader, _: DecodingContext) throws {
        while let operation = try reader.enumerationIfPresent(.operation, Operation.self) {
            operations.append(operation)
        }
        while let type = try reader.enumerationIfPresent(.objectType, ObjectType.self) { objectTypes.append(type) }
        vendorIdentification = try reader.textIfPresent(.vendorIdentification)
        if var information = try reader.structureIfPresent(.serverInformation) {
            serverInformation = try information.remainingItems()
        }
        while let namespace = try reader.textIfPresent(.applicationNamespace) {
            applicationNamespaces.append(namespace)
        }
        while let tag = reader.nextTag, Self.detailTags.contains(tag) { details.append(try reader.item()) }
    }

    /// Operations and object types that are newer than the version are left out.
    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        for operation in operations where operation.isDefined(in: version) {
            writer.enumeration(.operation, operation)
        }
        for type in objectTypes where type.isDefined(in: version) { writer.enumeration(.objectType, type) }
        writer.textIfPresent(.vendorIdentification, vendorIdentification)
        if let serverInformation { writer.value(.serverInformation, .structure(serverInformation)) }
        for namespace in applicationNamespaces { writer.text(.applicationNamespace, namespace) }
        for item in details { writer.item(item) }
    }
}
