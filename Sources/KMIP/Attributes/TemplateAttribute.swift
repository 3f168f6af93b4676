import TTLV

/// Attributes for a new object, or set by the server for one, and names of templates (KMIP 1.4, section 2.1.8).
package struct TemplateAttribute: Hashable, Sendable {
    /// Templates to take attributes from; deprecated since 1.3.
    package var templateNames: [ObjectName]
    package var attributes: [Attribute]

    package init(_ attributes: [Attribute] = [], templateNames: [ObjectName] = []) {
        self.templateNames = templateNames
        self.attributes = attributes
    }
}

extension TemplateAttribute {
    static func readIfPresent(_ reader: inout ItemReader, _ context: DecodingContext) throws -> TemplateAttribute? {
        guard var fields = try reader.structureIfPresent(.templateAttribute) else { return nil }
        var names: [ObjectName] = []
        while let name = try ObjectName.readIfPresent(&fields) { names.append(name) }
        let attributes = try Attribute.readAll(&fields, context)
        try fields.finish()
        return TemplateAttribute(attributes, templateNames: names)
    }

    static func read(_ reader: inout ItemReader, _ context: DecodingContext) throws -> TemplateAttribute {
        guard let template = try readIfPresent(&reader, context) else {
            throw TTLVError(.missingItem, .templateAttribute)
        }
        return template
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.structure(.templateAttribute) { writer in
            for name in templateNames { name.encode(into: &writer) }
            for attribute in attributes { attribute.encode(into: &writer, version) }
        }
    }
}
