package import TTLV

/// An attribute of a managed object as it stands in messages (KMIP 1.4, section 2.1.1).
package struct Attribute: Hashable, Sendable {
    package var name: AttributeName
    /// Which of several instances; absent is taken as 0 where one is meant.
    package var index: Int32?
    package var value: ItemValue

    package init(_ name: AttributeName, index: Int32? = nil, _ value: ItemValue) {
        self.name = name
        self.index = index
        self.value = value
    }
}

extension Attribute {
    /// The value of a standard attribute is checked to have its type; that of a custom one may have any. A name that
    /// the standard does not have is kept: what it means for the operation is the server's to say.
    static func readIfPresent(_ reader: inout ItemReader, _ context: DecodingContext) throws -> Attribute? {
        guard var fields = try reader.structureIfPresent(.attribute) else { return nil }
        let name = AttributeName(try fields.text(.attributeName))
        let index = try fields.integerIfPresent(.attributeIndex)
        let value = try fields.value(.attributeValue)
        try fields.finish()
        if name.rawValue.isEmpty { throw KMIPError.invalid(.attributeName, "an Attribute Name is empty") }
        if let index, index < 0 { throw KMIPError.invalid(.attributeIndex, "an Attribute Index is negative") }
        if let definition = name.definition, definition.since <= context.version, !definition.accepts(value) {
            throw KMIPError.invalid(.attributeValue, "the value of \(name) has another type or other fields")
        }
        return Attribute(name, index: index, value)
    }

    static func read(_ reader: inout ItemReader, _ context: DecodingContext) throws -> Attribute {
        guard let attribute = try readIfPresent(&reader, context) else { throw TTLVError(.missingItem, .attribute) }
        return attribute
    }

    /// All that follow one another.
    static func readAll(_ reader: inout ItemReader, _ context: DecodingContext) throws -> [Attribute] {
        var attributes: [Attribute] = []
        while let attribute = try readIfPresent(&reader, context) { attributes.append(attribute) }
        return attributes
    }

    /// Nothing is written for an attribute that is newer than the version, and no field of it that is.
    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        if name.isNewer(than: version) { return }
        let definition = name.definition
        writer.structure(.attribute) { writer in
            writer.text(.attributeName, name.rawValue)
            writer.integerIfPresent(.attributeIndex, index)
            writer.value(.attributeValue, definition?.value(value, in: version) ?? value)
        }
    }
}
