import TTLV

/// Get Attributes, request (KMIP 1.4, section 4.12).
package struct GetAttributesRequest: Sendable {
    /// Absent: the ID Placeholder's.
    package var uniqueIdentifier: String?
    /// Empty: all attributes.
    package var names: [AttributeName]

    package init(uniqueIdentifier: String? = nil, names: [AttributeName] = []) {
        self.uniqueIdentifier = uniqueIdentifier
        self.names = names
    }
}

extension GetAttributesRequest: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        uniqueIdentifier = try reader.textIfPresent(.uniqueIdentifier)
        names = []
        while let name = try reader.textIfPresent(.attributeName) { names.append(AttributeName(name)) }
        if Set(names).count != names.count {
            throw KMIPError(.repeatedField, .attributeName, message: "an Attribute Name is there twice (section 11.13)")
        }
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        writer.textIfPresent(.uniqueIdentifier, uniqueIdentifier)
        for name in names { writer.text(.attributeName, name.rawValue) }
    }
}

/// Get Attributes, response: what the object has of them, all instances; nothing for an attribute it has not.
package struct GetAttributesResponse: Sendable {
    package var uniqueIdentifier: String
    package var attributes: [Attribute]

    package init(uniqueIdentifier: String, attributes: [Attribute]) {
        self.uniqueIdentifier = uniqueIdentifier
        self.attributes = attributes
    }
}

extension GetAttributesResponse: Payload {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        uniqueIdentifier = try reader.text(.uniqueIdentifier)
        attributes = try Attribute.readAll(&reader, context)
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.text(.uniqueIdentifier, uniqueIdentifier)
        for attribute in attributes { attribute.encode(into: &writer, version) }
    }
}
