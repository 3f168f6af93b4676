import TTLV

/// Add Attribute, request (KMIP 1.4, section 4.14): a new attribute, or a new instance of one. Its index is the
/// server's to give.
package struct AddAttributeRequest: Sendable {
    /// Absent: the ID Placeholder's.
    package var uniqueIdentifier: String?
    package var attribute: Attribute

    package init(uniqueIdentifier: String? = nil, attribute: Attribute) {
        self.uniqueIdentifier = uniqueIdentifier
        self.attribute = attribute
    }
}

extension AddAttributeRequest: Payload {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        uniqueIdentifier = try reader.textIfPresent(.uniqueIdentifier)
        attribute = try Attribute.read(&reader, context)
        if attribute.index != nil {
            throw KMIPError.invalid(.attributeIndex, "a new attribute must not have an index (section 11.15)")
        }
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.textIfPresent(.uniqueIdentifier, uniqueIdentifier)
        attribute.encode(into: &writer, version)
    }
}

/// Add Attribute, response: the attribute as it was added, with its index.
package struct AddAttributeResponse: Sendable {
    package var uniqueIdentifier: String
    package var attribute: Attribute

    package init(uniqueIdentifier: String, attribute: Attribute) {
        self.uniqueIdentifier = uniqueIdentifier
        self.attribute = attribute
    }
}

extension AddAttributeResponse: Payload {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        uniqueIdentifier = try reader.text(.uniqueIdentifier)
        attribute = try Attribute.read(&reader, context)
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.text(.uniqueIdentifier, uniqueIdentifier)
        attribute.encode(into: &writer, version)
    }
}
