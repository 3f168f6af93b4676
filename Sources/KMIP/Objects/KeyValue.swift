package import TTLV

/// Key material, and attributes that travel in one structure with it (KMIP 1.4, section 2.1.4).
package struct KeyValue: Sendable {
    package enum Material: Sendable {
        /// Raw and the other formats that are a string of bytes.
        case bytes(any SecretContent)
        /// Transparent Symmetric Key (section 2.1.7.1): the same bytes, one structure deeper.
        case transparentSymmetricKey(any SecretContent)
        /// A whole Key Value that is encrypted; Key Wrapping Data says how.
        case wrapped(any SecretContent)
    }

    package var material: Material
    package var attributes: [Attribute]

    package init(_ material: Material, attributes: [Attribute] = []) {
        self.material = material
        self.attributes = attributes
    }
}

extension KeyValue {
    static func readIfPresent(
        _ reader: inout ItemReader,
        format: KeyFormatType,
        _ context: DecodingContext
    ) throws -> KeyValue? {
        if try reader.nextType(.keyValue) == .byteString {
            return KeyValue(.wrapped(try reader.secretBytes(.keyValue, context.makeSecret)))
        }
        guard var fields = try reader.structureIfPresent(.keyValue) else { return nil }
        let material = try readMaterial(&fields, format: format, context)
        let attributes = try Attribute.readAll(&fields, context)
        try fields.finish()
        return KeyValue(material, attributes: attributes)
    }

    private static func readMaterial(
        _ reader: inout ItemReader,
        format: KeyFormatType,
        _ context: DecodingContext
    ) throws -> Material {
        let type = try reader.nextType(.keyMaterial)
        if format == .transparentSymmetricKey {
            var fields = try reader.structure(.keyMaterial)
            let key = try fields.secretBytes(.key, context.makeSecret)
            try fields.finish()
            return .transparentSymmetricKey(key)
        }
        if type == .structure {
            throw KMIPError(
                .unsupportedKeyFormat,
                .keyFormatType,
                message: "key format \(format) is not supported here"
            )
        }
        return .bytes(try reader.secretBytes(.keyMaterial, context.makeSecret))
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        switch material {
        case .wrapped(let secret):
            writer.secretBytes(.keyValue, secret)
        case .bytes(let secret):
            writer.structure(.keyValue) { writer in
                writer.secretBytes(.keyMaterial, secret)
                for attribute in attributes { attribute.encode(into: &writer, version) }
            }
        case .transparentSymmetricKey(let secret):
            writer.structure(.keyValue) { writer in
                writer.structure(.keyMaterial) { $0.secretBytes(.key, secret) }
                for attribute in attributes { attribute.encode(into: &writer, version) }
            }
        }
    }
}
