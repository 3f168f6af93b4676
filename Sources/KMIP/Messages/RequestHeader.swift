import TTLV

/// The header of a request (KMIP 1.4, section 7.2, table 282). Batch Count is not kept: it is the number of items.
package struct RequestHeader: Sendable {
    package var version: ProtocolVersion
    /// In bytes.
    package var maximumResponseSize: Int32?
    /// Since 1.4, as is the next.
    package var clientCorrelationValue: String?
    package var serverCorrelationValue: String?
    /// Absent: false.
    package var asynchronousIndicator: Bool?
    /// Since 1.2, as is the next. Absent: false.
    package var attestationCapableIndicator: Bool?
    package var attestationTypes: [AttestationType] = []
    /// Empty: no Authentication.
    package var credentials: [Credential] = []
    /// Absent: Stop.
    package var batchErrorContinuation: BatchErrorContinuationOption?
    /// Absent: false.
    package var batchOrder: Bool?
    /// Seconds since 1970.
    package var timeStamp: Int64?

    package init(version: ProtocolVersion) {
        self.version = version
    }
}

extension RequestHeader {
    /// What stands behind the version, up to Batch Count, which is returned.
    ///
    /// - Parameter reader: the fields of the header, with those of newer versions shut out.
    mutating func readFields(_ reader: inout ItemReader, _ context: DecodingContext) throws -> Int32 {
        maximumResponseSize = try reader.integerIfPresent(.maximumResponseSize)
        clientCorrelationValue = try reader.textIfPresent(.clientCorrelationValue)
        serverCorrelationValue = try reader.textIfPresent(.serverCorrelationValue)
        asynchronousIndicator = try reader.booleanIfPresent(.asynchronousIndicator)
        attestationCapableIndicator = try reader.booleanIfPresent(.attestationCapableIndicator)
        while let type = try reader.enumerationIfPresent(.attestationType, AttestationType.self) {
            attestationTypes.append(type)
        }
        try readAuthentication(&reader, context)
        batchErrorContinuation = try reader.enumerationIfPresent(
            .batchErrorContinuationOption,
            BatchErrorContinuationOption.self
        )
        batchOrder = try reader.booleanIfPresent(.batchOrderOption)
        timeStamp = try reader.dateTimeIfPresent(.timeStamp)
        let count = try reader.integer(.batchCount)
        try reader.finish()
        return count
    }

    /// Section 6.6. There was one Credential in 1.0 and 1.1, and may be several since; one is required.
    private mutating func readAuthentication(_ reader: inout ItemReader, _ context: DecodingContext) throws {
        guard var fields = try reader.structureIfPresent(.authentication) else { return }
        while let credential = try Credential.readIfPresent(&fields, context) { credentials.append(credential) }
        try fields.finish()
        if credentials.isEmpty { throw TTLVError(.missingItem, .credential) }
    }

    func encode(into writer: inout ItemWriter, batchCount: Int) {
        writer.structure(.requestHeader) { writer in
            version.encode(into: &writer)
            writer.integerIfPresent(.maximumResponseSize, maximumResponseSize)
            writer.textIfPresent(.clientCorrelationValue, clientCorrelationValue)
            writer.textIfPresent(.serverCorrelationValue, serverCorrelationValue)
            writer.booleanIfPresent(.asynchronousIndicator, asynchronousIndicator)
            writer.booleanIfPresent(.attestationCapableIndicator, attestationCapableIndicator)
            for type in attestationTypes { writer.enumeration(.attestationType, type) }
            // One is required: without any that can be written there is no Authentication.
            let written = credentials.filter(\.canBeWritten)
            if !written.isEmpty {
                writer.structure(.authentication) { writer in
                    for credential in written { credential.encode(into: &writer) }
                }
            }
            writer.enumerationIfPresent(.batchErrorContinuationOption, batchErrorContinuation)
            writer.booleanIfPresent(.batchOrderOption, batchOrder)
            writer.dateTimeIfPresent(.timeStamp, timeStamp)
            writer.integer(.batchCount, Int32(clamping: batchCount))
        }
    }
}
