import Cryptography
package import KeyModel
package import KeyStorage
import Testing

/// Values that the contract's cases are written with.
package enum ContractFixture {
    package static let instance = InstanceIdentifier("instance-1")
    package static let otherInstance = InstanceIdentifier("instance-2")
    package static let start = Timestamp(secondsSince1970: 1_790_000_000)

    package static func recordKey(_ byte: UInt8 = 0x4B) throws -> RecordKey {
        var secret = try SecretBytes(count: 32)
        secret.withUnsafeMutableBytes { bytes in
            for index in bytes.indices { bytes[index] = byte }
        }
        return try RecordKey(SecretBox(secret))
    }

    package static func store(_ database: any ContractDatabase) throws -> KeyStore {
        try KeyStore(engine: database.openEngine(), recordKey: recordKey())
    }

    package static func fingerprint(_ byte: UInt8) throws -> CertificateFingerprint {
        try #require(CertificateFingerprint([UInt8](repeating: byte, count: 32)))
    }

    package static func name(_ text: String) -> Attribute {
        Attribute(
            name: .name,
            value: .structure([
                AttributeValue.Field(name: "Name Value", value: .text(text)),
                AttributeValue.Field(name: "Name Type", value: .enumeration(1)),
            ])
        )
    }

    package static func custom(_ name: String, _ value: String) -> Attribute {
        Attribute(name: AttributeName(name), value: .text(value))
    }

    /// An AES-256 key; its material is ciphertext made up of one byte.
    package static func object(
        _ identifier: String,
        in instance: InstanceIdentifier = instance,
        attributes: [Attribute] = [],
        materialByte: UInt8 = 0xA5,
        createdAt time: Timestamp = start
    ) throws -> ManagedObject {
        let template = try ObjectTemplate(
            objectType: .symmetricKey,
            attributes: attributes + [
                Attribute(name: .cryptographicAlgorithm, value: .enumeration(KeyAlgorithm.aes.rawValue)),
                Attribute(name: .cryptographicLength, value: .integer(256)),
                Attribute(name: .cryptographicUsageMask, value: .integer(12)),
            ]
        )
        return ManagedObject(
            identifier: UniqueIdentifier(identifier),
            instance: instance,
            template: template,
            digest: [UInt8](repeating: 0xD1, count: 32),
            material: WrappedKeyMaterial(
                blob: [UInt8](repeating: materialByte, count: 40),
                trueLength: 32,
                rootKey: RootKeyIdentifier("root-1"),
                rootKeyVersion: 1
            ),
            createdAt: time
        )
    }

    package static func key(_ identifier: String, in instance: InstanceIdentifier = instance) -> ObjectKey {
        ObjectKey(instance: instance, identifier: UniqueIdentifier(identifier))
    }
}

extension ManagedObject {
    /// With its attributes in the order in which the store gives them back.
    package var sortedByAttribute: ManagedObject {
        var copy = self
        copy.attributes.sort { ($0.name.text, $0.index) < ($1.name.text, $1.index) }
        return copy
    }
}

extension KeyStore {
    package func object(_ key: ObjectKey) throws -> ManagedObject? {
        try read { try $0.objects([key])[key]?.get() }
    }
}

/// The code of the store's error that `body` throws; nil where it throws none.
package func errorCode(_ body: () throws -> Void) throws -> StoreError.Code? {
    do {
        try body()
        return nil
    } catch let error as StoreError {
        return error.code
    }
}
