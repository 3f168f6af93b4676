package import TTLV

/// The key that wrapped a key, or is to (KMIP 1.4, section 2.1.5: Encryption Key Information, MAC/Signature Key
/// Information).
package struct WrappingKeyInformation: Hashable, Sendable {
    package var uniqueIdentifier: String
    package var cryptographicParameters: [Item]?

    package init(uniqueIdentifier: String, cryptographicParameters: [Item]? = nil) {
        self.uniqueIdentifier = uniqueIdentifier
        self.cryptographicParameters = cryptographicParameters
    }

    static func readIfPresent(_ reader: inout ItemReader, _ tag: Tag) throws -> Self? {
        guard var fields = try reader.structureIfPresent(tag) else { return nil }
        let identifier = try fields.text(.uniqueIdentifier)
        var parameters: [Item]?
        if var inner = try fields.structureIfPresent(.cryptographicParameters) {
            parameters = try inner.remainingItems()
        }
        try fields.finish()
        return Self(uniqueIdentifier: identifier, cryptographicParameters: parameters)
    }

    func encode(into writer: inout ItemWriter, _ tag: Tag) {
        writer.structure(tag) { writer in
            writer.text(.uniqueIdentifier, uniqueIdentifier)
            if let cryptographicParameters {
                writer.value(.cryptographicParameters, .structure(cryptographicParameters))
            }
        }
    }
}

/// How a key in a Key Block is wrapped (KMIP 1.4, section 2.1.5).
package struct KeyWrappingData: Hashable, Sendable {
    package var method: WrappingMethod
    package var encryptionKey: WrappingKeyInformation?
    package var macSignatureKey: WrappingKeyInformation?
    package var macSignature: [UInt8]?
    package var ivCounterNonce: [UInt8]?
    /// Since 1.1; TTLV Encoding if absent.
    package var encoding: EncodingOption?

    package init(method: WrappingMethod, encryptionKey: WrappingKeyInformation? = nil) {
        self.method = method
        self.encryptionKey = encryptionKey
    }

    static func readIfPresent(_ reader: inout ItemReader) throws -> Self? {
        guard var fields = try reader.structureIfPresent(.keyWrappingData) else { return nil }
        var data = Self(method: try fields.enumeration(.wrappingMethod, WrappingMethod.self))
        data.encryptionKey = try .readIfPresent(&fields, .encryptionKeyInformation)
        data.macSignatureKey = try .readIfPresent(&fields, .macSignatureKeyInformation)
        data.macSignature = try fields.bytesIfPresent(.macSignature)
        data.ivCounterNonce = try fields.bytesIfPresent(.ivCounterNonce)
        data.encoding = try fields.enumerationIfPresent(.encodingOption, EncodingOption.self)
        try fields.finish()
        return data
    }

    func encode(into writer: inout ItemWriter) {
        writer.structure(.keyWrappingData) { writer in
            writer.enumeration(.wrappingMethod, method)
            encryptionKey?.encode(into: &writer, .encryptionKeyInformation)
            macSignatureKey?.encode(into: &writer, .macSignatureKeyInformation)
            writer.bytesIfPresent(.macSignature, macSignature)
            writer.bytesIfPresent(.ivCounterNonce, ivCounterNonce)
            writer.enumerationIfPresent(.encodingOption, encoding)
        }
    }
}

/// How Get is to wrap the key that it returns (KMIP 1.4, section 2.1.6).
package struct KeyWrappingSpecification: Hashable, Sendable {
    package var method: WrappingMethod
    package var encryptionKey: WrappingKeyInformation?
    package var macSignatureKey: WrappingKeyInformation?
    package var attributeNames: [AttributeName] = []
    /// Since 1.1.
    package var encoding: EncodingOption?

    package init(method: WrappingMethod, encryptionKey: WrappingKeyInformation? = nil) {
        self.method = method
        self.encryptionKey = encryptionKey
    }

    static func readIfPresent(_ reader: inout ItemReader) throws -> Self? {
        guard var fields = try reader.structureIfPresent(.keyWrappingSpecification) else { return nil }
        var data = Self(method: try fields.enumeration(.wrappingMethod, WrappingMethod.self))
        data.encryptionKey = try .readIfPresent(&fields, .encryptionKeyInformation)
        data.macSignatureKey = try .readIfPresent(&fields, .macSignatureKeyInformation)
        while let name = try fields.textIfPresent(.attributeName) { data.attributeNames.append(AttributeName(name)) }
        data.encoding = try fields.enumerationIfPresent(.encodingOption, EncodingOption.self)
        try fields.finish()
        return data
    }

    func encode(into writer: inout ItemWriter) {
        writer.structure(.keyWrappingSpecification) { writer in
            writer.enumeration(.wrappingMethod, method)
            encryptionKey?.encode(into: &writer, .encryptionKeyInformation)
            macSignatureKey?.encode(into: &writer, .macSignatureKeyInformation)
            for name in attributeNames { writer.text(.attributeName, name.rawValue) }
            writer.enumerationIfPresent(.encodingOption, encoding)
        }
    }
}
