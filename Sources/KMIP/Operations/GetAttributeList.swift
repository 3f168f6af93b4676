import TTLV

/// Get Attribute List, request (KMIP 1.4, section 4.13).
package struct GetAttributeListRequest: Sendable {
    /// Absent: the ID Placeholder's.
    package var uniqueIdentifier: String?

    package init(uniqueIdentifier: String? = nil) {
        self.uniqueIdentifier = uniqueIdentifier
    }
}

extension GetAttributeListRequest: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        uniqueIdentifier = try reader.textIfPresent(.uniqueIdentifier)
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        writer.textIfPresent(.uniqueIdentifier, uniqueIdentifier)
    }
}

/// Get Attribute List, response.
package struct GetAttributeListResponse: Sendable {
    package var uniqueIdentifier: String
    package var names: [AttributeName]

    package init(uniqueIdentifier: String, names: [AttributeName]) {
        self.uniqueIdentifier = uniqueIdentifier
        self.names = names
    }
}

extension GetAttributeListResponse: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        uniqueIdentifier = try reader.text(.uniqueIdentifier)
        names = []
        while let name = try reader.textIfPresent(.attributeName) { names.append(AttributeName(name)) }
    }

    /// Names that are newer than the version are left out.
    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.text(.uniqueIdentifier, uniqueIdentifier)
        for name in names where !name.isNewer(than: version) { writer.text(.attributeName, name.rawValue) }
    }
}
