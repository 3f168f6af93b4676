import KeyModel

/// The moments that tests use, in seconds.
func at(_ seconds: Int64) -> Timestamp {
    Timestamp(secondsSince1970: 1_800_000_000 + seconds)
}

/// The code of the failure with which `body` ended; nil where it did not fail.
func failure<R>(_ body: () throws(OperationFailure) -> R) -> OperationFailure? {
    do {
        _ = try body()
        return nil
    } catch {
        return error
    }
}

extension Attribute {
    static let aes = Attribute(name: .cryptographicAlgorithm, value: .enumeration(3))
    static let bits256 = Attribute(name: .cryptographicLength, value: .integer(256))
    static let encryption = Attribute(name: .cryptographicUsageMask, value: .integer(0x0C))

    static func custom(_ name: String, index: Int = 0, _ text: String) -> Attribute {
        Attribute(name: AttributeName(name), index: index, value: .text(text))
    }

    static func date(_ name: AttributeName, _ seconds: Int64) -> Attribute {
        Attribute(name: name, value: .dateTime(at(seconds)))
    }
}

extension ObjectTemplate {
    /// A template of an AES-256 key.
    static func key(_ attributes: [Attribute] = []) throws(OperationFailure) -> ObjectTemplate {
        try ObjectTemplate(objectType: .symmetricKey, attributes: [.aes, .bits256, .encryption] + attributes)
    }
}

extension ManagedObject {
    /// A key that was made at second 0.
    static func key(_ attributes: [Attribute] = []) throws -> ManagedObject {
        ManagedObject(
            identifier: UniqueIdentifier("u"),
            instance: InstanceIdentifier("i"),
            template: try .key(attributes),
            digest: [UInt8](repeating: 0xD1, count: 32),
            material: WrappedKeyMaterial(
                blob: [1, 2, 3],
                trueLength: 32,
                rootKey: RootKeyIdentifier("r"),
                rootKeyVersion: 1
            ),
            createdAt: at(0)
        )
    }

    /// A key that has got into `state` by second 0.
    static func key(in state: ObjectState) throws -> ManagedObject {
        var object = try key()
        object.state = state
        if state.isDestroyed { object.material = nil }
        return object
    }
}
