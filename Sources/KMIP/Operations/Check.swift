import TTLV

/// Check, request (KMIP 1.4, section 4.10): whether the object may be used so.
package struct CheckRequest: Sendable {
    /// Absent: the ID Placeholder's.
    package var uniqueIdentifier: String?
    package var usageLimitsCount: Int64?
    package var usageMask: CryptographicUsageMask?
    /// Seconds.
    package var leaseTime: UInt32?

    package init(uniqueIdentifier: String? = nil, usageMask: CryptographicUsageMask? = nil) {
        self.uniqueIdentifier = uniqueIdentifier
        self.usageMask = usageMask
    }
}

extension CheckRequest: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        uniqueIdentifier = try reader.textIfPresent(.uniqueIdentifier)
        usageLimitsCount = try reader.longIntegerIfPresent(.usageLimitsCount)
        usageMask = try reader.integerIfPresent(.cryptographicUsageMask).map(CryptographicUsageMask.init)
        leaseTime = try reader.intervalIfPresent(.leaseTime)
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        writer.textIfPresent(.uniqueIdentifier, uniqueIdentifier)
        writer.longIntegerIfPresent(.usageLimitsCount, usageLimitsCount)
        writer.integerIfPresent(.cryptographicUsageMask, usageMask?.rawValue)
        writer.intervalIfPresent(.leaseTime, leaseTime)
    }
}

/// Check, response. In a refusal, which has a payload as well, the identifier is absent and the fields are those of the
/// request for which it was refused.
package struct CheckResponse: Sendable {
    package var uniqueIdentifier: String?
    package var usageLimitsCount: Int64?
    package var usageMask: CryptographicUsageMask?
    /// Seconds.
    package var leaseTime: UInt32?

    package init(uniqueIdentifier: String?, usageMask: CryptographicUsageMask? = nil) {
        self.uniqueIdentifier = uniqueIdentifier
        self.usageMask = usageMask
    }
}

extension CheckResponse: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        uniqueIdentifier = try reader.textIfPresent(.uniqueIdentifier)
        usageLimitsCount = try reader.longIntegerIfPresent(.usageLimitsCount)
        usageMask = try reader.integerIfPresent(.cryptographicUsageMask).map(CryptographicUsageMask.init)
        leaseTime = try reader.intervalIfPresent(.leaseTime)
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        writer.textIfPresent(.uniqueIdentifier, uniqueIdentifier)
        writer.longIntegerIfPresent(.usageLimitsCount, usageLimitsCount)
        writer.integerIfPresent(.cryptographicUsageMask, usageMask?.rawValue)
        writer.intervalIfPresent(.leaseTime, leaseTime)
    }
}
