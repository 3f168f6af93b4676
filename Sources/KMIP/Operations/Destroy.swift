import TTLV

/// Destroy, request (KMIP 1.4, section 4.21): the key material is to be gone for good.
package struct DestroyRequest: Sendable {
    /// Absent: the ID Placeholder's.
    package var uniqueIdentifier: String?

    package init(uniqueIdentifier: String? = nil) {
        self.uniqueIdentifier = uniqueIdentifier
    }
}

extension DestroyRequest: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        uniqueIdentifier = try reader.textIfPresent(.uniqueIdentifier)
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        writer.textIfPresent(.uniqueIdentifier, uniqueIdentifier)
    }
}

/// Destroy, response.
package struct DestroyResponse: Sendable {
    package var uniqueIdentifier: String

    package init(uniqueIdentifier: String) {
        self.uniqueIdentifier = uniqueIdentifier
    }
}

extension DestroyResponse: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        uniqueIdentifier = try reader.text(.uniqueIdentifier)
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        writer.text(.uniqueIdentifier, uniqueIdentifier)
    }
}
