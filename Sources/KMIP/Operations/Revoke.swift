import TTLV

/// Revoke, request (KMIP 1.4, section 4.20): to Compromised or Deactivated, as the reason says.
package struct RevokeRequest: Sendable {
    /// Absent: the ID Placeholder's.
    package var uniqueIdentifier: String?
    package var reason: RevocationReason
    /// Seconds since 1970; only with the two reasons that mean a compromise.
    package var compromiseOccurrenceDate: Int64?

    package init(
        uniqueIdentifier: String? = nil,
        reason: RevocationReason,
        compromiseOccurrenceDate: Int64? = nil
    ) {
        self.uniqueIdentifier = uniqueIdentifier
        self.reason = reason
        self.compromiseOccurrenceDate = compromiseOccurrenceDate
    }
}

extension RevokeRequest: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        uniqueIdentifier = try reader.textIfPresent(.uniqueIdentifier)
        reason = try RevocationReason(from: &reader)
        compromiseOccurrenceDate = try reader.dateTimeIfPresent(.compromiseOccurrenceDate)
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        writer.textIfPresent(.uniqueIdentifier, uniqueIdentifier)
        reason.encode(into: &writer)
        writer.dateTimeIfPresent(.compromiseOccurrenceDate, compromiseOccurrenceDate)
    }
}

/// Revoke, response.
package struct RevokeResponse: Sendable {
    package var uniqueIdentifier: String

    package init(uniqueIdentifier: String) {
        self.uniqueIdentifier = uniqueIdentifier
    }
}

extension RevokeResponse: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        uniqueIdentifier = try reader.text(.uniqueIdentifier)
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        writer.text(.uniqueIdentifier, uniqueIdentifier)
    }
}
