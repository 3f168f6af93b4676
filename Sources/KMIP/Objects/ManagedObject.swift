package import TTLV

/// An object as Register brings it and Get returns it (KMIP 1.4, section 2.2).
package enum ManagedObject: Sendable {
    /// Section 2.2.2.
    case symmetricKey(KeyBlock)
    /// Section 2.2.7.
    case secretData(SecretDataType, KeyBlock)
    /// Section 2.2.8.
    case opaqueObject(OpaqueDataType, any SecretContent)
    /// An object of another type. Its content was passed over; it can't be written.
    case unsupported(ObjectType)

    package var objectType: ObjectType {
        switch self {
        case .symmetricKey: .symmetricKey
        case .secretData: .secretData
        case .opaqueObject: .opaqueObject
        case .unsupported(let type): type
        }
    }
}

extension ManagedObject {
    private static let unsupportedTypes: [Tag: ObjectType] = [
        .certificate: .certificate,
        .publicKey: .publicKey,
        .privateKey: .privateKey,
        .splitKey: .splitKey,
        .template: .template,
        .pgpKey: .pgpKey,
    ]

    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        if var fields = try reader.structureIfPresent(.symmetricKey) {
            self = .symmetricKey(try KeyBlock(from: &fields, context))
            try fields.finish()
        } else if var fields = try reader.structureIfPresent(.secretData) {
            let type = try fields.enumeration(.secretDataType, SecretDataType.self)
            self = .secretData(type, try KeyBlock(from: &fields, context))
            try fields.finish()
        } else if var fields = try reader.structureIfPresent(.opaqueObject) {
            let type = try fields.enumeration(.opaqueDataType, OpaqueDataType.self)
            self = .opaqueObject(type, try fields.secretBytes(.opaqueDataValue, context.makeSecret))
            try fields.finish()
        } else if let tag = reader.nextTag, let type = Self.unsupportedTypes[tag] {
            _ = try reader.structure(tag)
            self = .unsupported(type)
        } else {
            throw KMIPError(.missingField, message: "the managed object is missing or not at its place")
        }
    }

    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        switch self {
        case .symmetricKey(let block):
            writer.structure(.symmetricKey) { block.encode(into: &$0, version) }
        case .secretData(let type, let block):
            writer.structure(.secretData) { writer in
                writer.enumeration(.secretDataType, type)
                block.encode(into: &writer, version)
            }
        case .opaqueObject(let type, let value):
            writer.structure(.opaqueObject) { writer in
                writer.enumeration(.opaqueDataType, type)
                writer.secretBytes(.opaqueDataValue, value)
            }
        case .unsupported:
            break
        }
    }
}
