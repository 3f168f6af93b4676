import TTLV

/// Create, request (KMIP 1.4, section 4.1): the server is to generate a key.
package struct CreateRequest: Sendable {
    package var objectType: ObjectType
    package var template: TemplateAttribute

    package init(objectType: ObjectType, template: TemplateAttribute) {
        self.objectType = objectType
        self.template = template
    }
}

extension CreateRequest: Payload {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        objectType = try reader.enumeration(.objectType, ObjectType.self)
        template = try TemplateAttribute.read(&reader, context)
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.enumeration(.objectType, objectType)
        template.encode(into: &writer, version)
    }
}

/// Create, response.
package struct CreateResponse: Sendable {
    package var objectType: ObjectType
    package var uniqueIdentifier: String
    /// Attributes that the server set without being asked to.
    package var template: TemplateAttribute?

    package init(objectType: ObjectType, uniqueIdentifier: String, template: TemplateAttribute? = nil) {
        self.objectType = objectType
        self.uniqueIdentifier = uniqueIdentifier
        self.template = template
    }
}

extension CreateResponse: Payload {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        objectType = try reader.enumeration(.objectType, ObjectType.self)
        uniqueIdentifier = try reader.text(.uniqueIdentifier)
        template = try TemplateAttribute.readIfPresent(&reader, context)
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.enumeration(.objectType, objectType)
        writer.text(.uniqueIdentifier, uniqueIdentifier)
        template?.encode(into: &writer, version)
    }
}
