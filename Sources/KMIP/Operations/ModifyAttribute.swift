import TTLV

/// Modify Attribute, request (KMIP 1.4, section 4.15): a new value for the instance that the index names, 0 if absent.
package struct ModifyAttributeRequest: Sendable {
    /// Absent: the ID Placeholder's.
    package var uniqueIdentifier: String?
    package var attribute: Attribute

    package init(uniqueIdentifier: String? = nil, attribute: Attribute) {
        self.uniqueIdentifier = uniqueIdentifier
        self.attribute = attribute
    }
}

extension ModifyAttributeRequest: Payload {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        uniqueIdentifier = try reader.textIfPresent(.uniqueIdentifier)
        attribute = try Attribute.read(&reader, context)
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.textIfPresent(.uniqueIdentifier, uniqueIdentifier)
        attribute.encode(into: &writer, version)
    }
}

/// Modify Attribute, response: the attribute with its new value.
package struct ModifyAttributeResponse: Sendable {
    package var uniqueIdentifier: String
    package var attribute: Attribute

    package init(uniqueIdentifier: String, attribute: Attribute) {
        self.uniqueIdentifier = uniqueIdentifier
        self.attribute = attribute
    }
}

extension ModifyAttributeResponse: Payload {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        uniqueIdentifier = try reader.text(.uniqueIdentifier)
        attribute = try Attribute.read(&reader, context)
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.text(.uniqueIdentifier, uniqueIdentifier)
        attribute.encode(into: &writer, version)
    }
}
