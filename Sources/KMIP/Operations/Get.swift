import TTLV

/// Get, request (KMIP 1.4, section 4.11).
package struct GetRequest: Sendable {
    /// Absent: the ID Placeholder's.
    package var uniqueIdentifier: String?
    package var keyFormat: KeyFormatType?
    /// Since 1.4.
    package var keyWrapType: KeyWrapType?
    package var keyCompression: KeyCompressionType?
    package var wrapping: KeyWrappingSpecification?

    package init(uniqueIdentifier: String? = nil, keyFormat: KeyFormatType? = nil) {
        self.uniqueIdentifier = uniqueIdentifier
        self.keyFormat = keyFormat
    }
}

extension GetRequest: Payload {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        uniqueIdentifier = try reader.textIfPresent(.uniqueIdentifier)
        keyFormat = try reader.enumerationIfPresent(.keyFormatType, KeyFormatType.self)
        keyWrapType = try reader.enumerationIfPresent(.keyWrapType, KeyWrapType.self)
        keyCompression = try reader.enumerationIfPresent(.keyCompressionType, KeyCompressionType.self)
        wrapping = try KeyWrappingSpecification.readIfPresent(&reader)
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.textIfPresent(.uniqueIdentifier, uniqueIdentifier)
        writer.enumerationIfPresent(.keyFormatType, keyFormat)
        writer.enumerationIfPresent(.keyWrapType, keyWrapType)
        writer.enumerationIfPresent(.keyCompressionType, keyCompression)
        wrapping?.encode(into: &writer)
    }
}

/// Get, response.
package struct GetResponse: Sendable {
    package var objectType: ObjectType
    package var uniqueIdentifier: String
    package var object: ManagedObject

    package init(uniqueIdentifier: String, object: ManagedObject) {
        self.objectType = object.objectType
        self.uniqueIdentifier = uniqueIdentifier
        self.object = object
    }
}

extension GetResponse: Payload {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        objectType = try reader.enumeration(.objectType, ObjectType.self)
        uniqueIdentifier = try reader.text(.uniqueIdentifier)
        object = try ManagedObject(from: &reader, context)
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.enumeration(.objectType, objectType)
        writer.text(.uniqueIdentifier, uniqueIdentifier)
        object.encode(into: &writer, version)
    }
}
