package import TTLV

/// The header of a response (KMIP 1.4, section 7.2, table 284). Batch Count is not kept: it is the number of items.
package struct ResponseHeader: Sendable {
    /// That of the request.
    package var version: ProtocolVersion
    /// Seconds since 1970.
    package var timeStamp: Int64
    /// Nonce ID and Nonce Value, for an attestation; since 1.2, as is the next.
    package var nonce: [Item]?
    package var attestationTypes: [AttestationType] = []
    /// Since 1.4, as is the next.
    package var clientCorrelationValue: String?
    package var serverCorrelationValue: String?

    package init(version: ProtocolVersion, timeStamp: Int64) {
        self.version = version
        self.timeStamp = timeStamp
    }
}

extension ResponseHeader {
    /// What stands behind the version; Batch Count is returned beside it.
    ///
    /// - Parameter reader: the fields of the header, with those of newer versions shut out.
    static func read(
        _ reader: inout ItemReader,
        version: ProtocolVersion
    ) throws -> (header: ResponseHeader, batchCount: Int32) {
        var header = ResponseHeader(version: version, timeStamp: try reader.dateTime(.timeStamp))
        if var nonce = try reader.structureIfPresent(.nonce) { header.nonce = try nonce.remainingItems() }
        while let type = try reader.enumerationIfPresent(.attestationType, AttestationType.self) {
            header.attestationTypes.append(type)
        }
        header.clientCorrelationValue = try reader.textIfPresent(.clientCorrelationValue)
        header.serverCorrelationValue = try reader.textIfPresent(.serverCorrelationValue)
        let count = try reader.integer(.batchCount)
        try reader.finish()
        return (header, count)
    }

    func encode(into writer: inout ItemWriter, batchCount: Int) {
        writer.structure(.responseHeader) { writer in
            version.encode(into: &writer)
            writer.dateTime(.timeStamp, timeStamp)
            if let nonce { writer.value(.nonce, .structure(nonce)) }
            for type in attestationTypes { writer.enumeration(.attestationType, type) }
            writer.textIfPresent(.clientCorrelationValue, clientCorrelationValue)
            writer.textIfPresent(.serverCorrelationValue, serverCorrelationValue)
            writer.integer(.batchCount, Int32(clamping: batchCount))
        }
    }
}
