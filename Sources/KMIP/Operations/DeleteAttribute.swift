import TTLV

/// Delete Attribute, request (KMIP 1.4, section 4.16).
package struct DeleteAttributeRequest: Sendable {
    /// Absent: the ID Placeholder's.
    package var uniqueIdentifier: String?
    package var name: AttributeName
    /// Absent: 0.
    package var index: Int32?

    package init(uniqueIdentifier: String? = nil, name: AttributeName, index: Int32? = nil) {
        self.uniqueIdentifier = uniqueIdentifier
        self.name = name
        self.index = index
    }
}

extension DeleteAttributeRequest: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        uniqueIdentifier = try reader.textIfPresent(.uniqueIdentifier)
        name = AttributeName(try reader.text(.attributeName))
        index = try reader.integerIfPresent(.attributeIndex)
        if name.rawValue.isEmpty { throw KMIPError.invalid(.attributeName, "an Attribute Name is empty") }
        if let index, index < 0 { throw KMIPError.invalid(.attributeIndex, "an Attribute Index is negative") }
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        writer.textIfPresent(.uniqueIdentifier, uniqueIdentifier)
        writer.text(.attributeName, name.rawValue)
        writer.integerIfPresent(.attributeIndex, index)
    }
}

/// Delete Attribute, response: the attribute that is gone.
package struct DeleteAttributeResponse: Sendable {
    package var uniqueIdentifier: String
    package var attribute: Attribute

    package init(uniqueIdentifier: String, attribute: Attribute) {
        self.uniqueIdentifier = uniqueIdentifier
        self.attribute = attribute
    }
}

extension DeleteAttributeResponse: Payload {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        uniqueIdentifier = try reader.text(.uniqueIdentifier)
        attribute = try Attribute.read(&reader, context)
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.text(.uniqueIdentifier, uniqueIdentifier)
        attribute.encode(into: &writer, version)
    }
}
