import TTLV

/// Register, request (KMIP 1.4, section 4.3): the client brings an object.
package struct RegisterRequest: Sendable {
    package var objectType: ObjectType
    package var template: TemplateAttribute
    package var object: ManagedObject

    package init(template: TemplateAttribute, object: ManagedObject) {
        self.objectType = object.objectType
        self.template = template
        self.object = object
    }
}

extension RegisterRequest: Payload {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        objectType = try reader.enumeration(.objectType, ObjectType.self)
        template = try TemplateAttribute.read(&reader, context)
        object = try ManagedObject(from: &reader, context)
        if object.objectType != objectType {
            throw KMIPError.invalid(.objectType, "Object Type is not that of the object (section 11.4)")
        }
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.enumeration(.objectType, objectType)
        template.encode(into: &writer, version)
        object.encode(into: &writer, version)
    }
}

/// Register, response.
package struct RegisterResponse: Sendable {
    package var uniqueIdentifier: String
    /// Attributes that the server set without being asked to.
    package var template: TemplateAttribute?

    package init(uniqueIdentifier: String, template: TemplateAttribute? = nil) {
        self.uniqueIdentifier = uniqueIdentifier
        self.template = template
    }
}

extension RegisterResponse: Payload {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        uniqueIdentifier = try reader.text(.uniqueIdentifier)
        template = try TemplateAttribute.readIfPresent(&reader, context)
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.text(.uniqueIdentifier, uniqueIdentifier)
        template?.encode(into: &writer, version)
    }
}
