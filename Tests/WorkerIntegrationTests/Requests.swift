import Cryptography
import KeyModel

extension JobReply {
    var failureCode: OperationFailure.Code? {
        if case .failure(let failure) = self { failure.code } else { nil }
    }
}

extension OperationOutcome {
    var failureCode: OperationFailure.Code? {
        if case .failure(let failure) = self { failure.code } else { nil }
    }
}

extension KeyModel.Attribute {
    static func custom(_ name: String, _ text: String) -> Attribute {
        Attribute(name: AttributeName(name), value: .text(text))
    }

    static func name(_ text: String) -> Attribute {
        Attribute(
            name: .name,
            value: .structure([
                AttributeValue.Field(name: "Name Value", value: .text(text)),
                AttributeValue.Field(name: "Name Type", value: .enumeration(1)),
            ])
        )
    }
}

extension KeyModel.Operation {
    private static func keyAttributes(bits: Int32) -> [Attribute] {
        [
            Attribute(name: .cryptographicAlgorithm, value: .enumeration(3)),
            Attribute(name: .cryptographicLength, value: .integer(bits)),
            Attribute(name: .cryptographicUsageMask, value: .integer(0x0C)),
        ]
    }

    static func makeCreate(_ attributes: [Attribute] = [], bits: Int32 = 256) -> KeyModel.Operation {
        .create(CreateOperation(objectType: .symmetricKey, attributes: keyAttributes(bits: bits) + attributes))
    }

    static func makeRegister(
        _ transported: TransportedKeyMaterial,
        of material: [UInt8],
        _ attributes: [Attribute] = []
    ) -> KeyModel.Operation {
        .register(
            RegisterOperation(
                objectType: .symmetricKey,
                attributes: keyAttributes(bits: Int32(material.count * 8)) + attributes,
                algorithm: .aes,
                length: material.count * 8,
                material: transported,
                digest: SHA256.hash(material)
            )
        )
    }

    static func makeGet(_ identifier: UniqueIdentifier? = nil) -> KeyModel.Operation {
        .get(GetOperation(identifier: identifier))
    }

    static func makeActivate(_ identifier: UniqueIdentifier? = nil) -> KeyModel.Operation {
        .activate(ActivateOperation(identifier: identifier))
    }

    static func makeDestroy(_ identifier: UniqueIdentifier? = nil) -> KeyModel.Operation {
        .destroy(DestroyOperation(identifier: identifier))
    }

    static func makeRevoke(
        _ identifier: UniqueIdentifier? = nil,
        _ code: RevocationReason.Code = .cessationOfOperation
    ) -> KeyModel.Operation {
        .revoke(
            RevokeOperation(
                identifier: identifier,
                reason: RevocationReason(code: code, message: nil),
                compromiseOccurrence: nil
            )
        )
    }

    static func makeLocate(
        _ attributes: [Attribute],
        maximum: Int? = nil,
        offset: Int = 0
    ) -> KeyModel.Operation {
        .locate(
            LocateOperation(filter: ObjectFilter(attributes: attributes), maximumItems: maximum, offset: offset)
        )
    }
}
