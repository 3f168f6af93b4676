import TTLV

/// Locate, request (KMIP 1.4, section 4.9).
package struct LocateRequest: Sendable {
    package var maximumItems: Int32?
    /// Since 1.3.
    package var offsetItems: Int32?
    /// Bit 1: on-line objects; bit 2: archived ones (section 9.1.3.3.2). Absent: on-line only.
    package var storageStatusMask: Int32?
    /// Since 1.1.
    package var objectGroupMember: ObjectGroupMember?
    /// What an object must match, all of it; their indexes count for nothing.
    package var attributes: [Attribute]

    package init(attributes: [Attribute] = [], maximumItems: Int32? = nil, offsetItems: Int32? = nil) {
        self.attributes = attributes
        self.maximumItems = maximumItems
        self.offsetItems = offsetItems
    }
}

extension LocateRequest: Payload {
    /// Attributes in a Template-Attribute, as some clients send them, are taken as if they stood by themselves.
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        maximumItems = try reader.integerIfPresent(.maximumItems)
        offsetItems = try reader.integerIfPresent(.offsetItems)
        storageStatusMask = try reader.integerIfPresent(.storageStatusMask)
        objectGroupMember = try reader.enumerationIfPresent(.objectGroupMember, ObjectGroupMember.self)
        attributes = try Attribute.readAll(&reader, context)
        if let template = try TemplateAttribute.readIfPresent(&reader, context) {
            if !template.templateNames.isEmpty {
                throw KMIPError.invalid(.templateAttribute, "Locate does not take templates")
            }
            attributes += template.attributes
        }
        if let maximumItems, maximumItems < 0 {
            throw KMIPError.invalid(.maximumItems, "Maximum Items is negative")
        }
        if let offsetItems, offsetItems < 0 {
            throw KMIPError.invalid(.offsetItems, "Offset Items is negative")
        }
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.integerIfPresent(.maximumItems, maximumItems)
        writer.integerIfPresent(.offsetItems, offsetItems)
        writer.integerIfPresent(.storageStatusMask, storageStatusMask)
        writer.enumerationIfPresent(.objectGroupMember, objectGroupMember)
        for attribute in attributes { attribute.encode(into: &writer, version) }
    }
}

/// Locate, response.
package struct LocateResponse: Sendable {
    /// How many objects match, of which the response may list fewer; since 1.3.
    package var locatedItems: Int32?
    package var uniqueIdentifiers: [String]

    package init(uniqueIdentifiers: [String], locatedItems: Int32? = nil) {
        self.uniqueIdentifiers = uniqueIdentifiers
        self.locatedItems = locatedItems
    }
}

extension LocateResponse: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        locatedItems = try reader.integerIfPresent(.locatedItems)
        uniqueIdentifiers = []
        while let identifier = try reader.textIfPresent(.uniqueIdentifier) { uniqueIdentifiers.append(identifier) }
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        writer.integerIfPresent(.locatedItems, locatedItems)
        for identifier in uniqueIdentifiers { writer.text(.uniqueIdentifier, identifier) }
    }
}
