import TTLV

/// A key with what is needed to read it (KMIP 1.4, section 2.1.3).
package struct KeyBlock: Sendable {
    package var format: KeyFormatType
    package var compression: KeyCompressionType?
    /// Absent where a server has only the attributes of the key (since 1.2).
    package var value: KeyValue?
    package var algorithm: CryptographicAlgorithm?
    /// In bits.
    package var length: Int32?
    /// Present if the key is wrapped.
    package var wrapping: KeyWrappingData?

    package init(
        format: KeyFormatType,
        value: KeyValue?,
        algorithm: CryptographicAlgorithm? = nil,
        length: Int32? = nil,
        wrapping: KeyWrappingData? = nil
    ) {
        self.format = format
        self.value = value
        self.algorithm = algorithm
        self.length = length
        self.wrapping = wrapping
    }
}

extension KeyBlock {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        var fields = try reader.structure(.keyBlock)
        format = try fields.enumeration(.keyFormatType, KeyFormatType.self)
        compression = try fields.enumerationIfPresent(.keyCompressionType, KeyCompressionType.self)
        value = try KeyValue.readIfPresent(&fields, format: format, context)
        algorithm = try fields.enumerationIfPresent(.cryptographicAlgorithm, CryptographicAlgorithm.self)
        length = try fields.integerIfPresent(.cryptographicLength)
        wrapping = try KeyWrappingData.readIfPresent(&fields)
        try fields.finish()
        if let length, length < 0 { throw KMIPError.invalid(.cryptographicLength, "a length is negative") }
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.structure(.keyBlock) { writer in
            writer.enumeration(.keyFormatType, format)
            writer.enumerationIfPresent(.keyCompressionType, compression)
            value?.encode(into: &writer, version)
            writer.enumerationIfPresent(.cryptographicAlgorithm, algorithm)
            writer.integerIfPresent(.cryptographicLength, length)
            wrapping?.encode(into: &writer)
        }
    }
}
