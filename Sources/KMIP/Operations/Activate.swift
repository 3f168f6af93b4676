import TTLV

/// Activate, request (KMIP 1.4, section 4.19): from Pre-Active to Active.
package struct ActivateRequest: Sendable {
    /// Absent: the ID Placeholder's.
    package var uniqueIdentifier: String?

    package init(uniqueIdentifier: String? = nil) {
        self.uniqueIdentifier = uniqueIdentifier
    }
}

extension ActivateRequest: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        uniqueIdentifier = try reader.textIfPresent(.uniqueIdentifier)
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        writer.textIfPresent(.uniqueIdentifier, uniqueIdentifier)
    }
}

/// Activate, response.
package struct ActivateResponse: Sendable {
    package var uniqueIdentifier: String

    package init(uniqueIdentifier: String) {
        self.uniqueIdentifier = uniqueIdentifier
    }
}

extension ActivateResponse: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        uniqueIdentifier = try reader.text(.uniqueIdentifier)
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        writer.text(.uniqueIdentifier, uniqueIdentifier)
    }
}
