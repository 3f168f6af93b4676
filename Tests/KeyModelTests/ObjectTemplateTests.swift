import KeyModel
import Testing

/// The attributes of Create and Register (KMIP 1.4, 4.1 and 4.3).
struct ObjectTemplateTests {
    private func failureOf(
        _ attributes: [Attribute],
        type: ObjectType = .symmetricKey,
        keyBlock: (KeyAlgorithm?, Int?) = (nil, nil)
    ) -> OperationFailure? {
        failure { () throws(OperationFailure) in
            try ObjectTemplate(objectType: type, attributes: attributes, keyBlock: keyBlock)
        }
    }

    @Test func aTemplateIsSortedIntoFields() throws {
        let template = try ObjectTemplate.key([
            .date(.activationDate, 1), .date(.processStartDate, 2), .date(.protectStopDate, 3),
            .date(.deactivationDate, 4), .custom("x-a", index: 7, "first"), .custom("x-b", "other"),
            .custom("x-a", index: 7, "second"),
        ])
        #expect(template.algorithm == .aes && template.length == 256)
        #expect(template.usageMask == [.encrypt, .decrypt])
        #expect(template.dates.activation == at(1) && template.dates.processStart == at(2))
        #expect(template.dates.protectStop == at(3) && template.dates.deactivation == at(4))
        // Instances are numbered here, whatever index the client gave.
        #expect(
            template.attributes == [
                .custom("x-a", "first"), .custom("x-b", "other"), .custom("x-a", index: 1, "second"),
            ]
        )
    }

    @Test func whatIsMissingIsNamed() {
        #expect(
            failureOf([.bits256, .encryption])
                == OperationFailure(.missingAttribute, attribute: .cryptographicAlgorithm)
        )
        #expect(failureOf([.aes, .encryption]) == OperationFailure(.missingAttribute, attribute: .cryptographicLength))
        #expect(failureOf([.aes, .bits256]) == OperationFailure(.missingAttribute, attribute: .cryptographicUsageMask))
        #expect(failureOf([.encryption], keyBlock: (.aes, 256)) == nil)
    }

    @Test func aKeyBlockMayRepeatButNotContradict() {
        #expect(failureOf([.aes, .bits256, .encryption], keyBlock: (.aes, 256)) == nil)
        #expect(
            failureOf([.aes, .bits256, .encryption], keyBlock: (.tripleDES, 256))
                == OperationFailure(.invalidField, attribute: .cryptographicAlgorithm)
        )
        #expect(
            failureOf([.aes, .bits256, .encryption], keyBlock: (.aes, 128))
                == OperationFailure(.invalidField, attribute: .cryptographicLength)
        )
    }

    @Test(arguments: [ObjectType.certificate, .publicKey, .privateKey, .secretData, .opaqueObject, .init(rawValue: 99)])
    func onlySymmetricKeysAreServed(_ type: ObjectType) {
        #expect(failureOf([.aes, .bits256, .encryption], type: type)?.code == .objectTypeNotSupported)
    }

    @Test func algorithmsAndLengthsAreThoseThatAreServed() {
        let lengths: [(UInt32, Int32, OperationFailure.Code?)] = [
            (3, 128, nil), (3, 192, nil), (3, 256, nil), (3, 0, .invalidField), (3, 64, .invalidField),
            (3, 255, .invalidField), (3, 512, .invalidField), (3, -256, .invalidField), (3, .max, .invalidField),
            (2, 168, nil), (2, 192, .invalidField), (2, 112, .invalidField), (1, 56, .algorithmNotSupported),
            (4, 2_048, .algorithmNotSupported), (0xFFFF_FFFF, 256, .algorithmNotSupported),
        ]
        for (algorithm, length, expected) in lengths {
            let attributes = [
                Attribute(name: .cryptographicAlgorithm, value: .enumeration(algorithm)),
                Attribute(name: .cryptographicLength, value: .integer(length)), .encryption,
            ]
            #expect(failureOf(attributes)?.code == expected, "\(algorithm) \(length)")
        }
    }

    @Test func materialHasTheLengthOfItsKey() {
        #expect([128, 192, 256].map { KeyAlgorithm.aes.materialByteCount(forLength: $0) } == [16, 24, 32])
        #expect(KeyAlgorithm.tripleDES.materialByteCount(forLength: 168) == 24)
        #expect(KeyAlgorithm.aes.materialByteCount(forLength: 160) == nil)
        #expect(KeyAlgorithm.des.materialByteCount(forLength: 56) == nil)
    }

    @Test func whatAClientMayNotSayIsNamed() {
        let cases: [(Attribute, OperationFailure.Code)] = [
            (Attribute(name: .state, value: .enumeration(2)), .attributeReadOnly),
            (Attribute(name: .uniqueIdentifier, value: .text("mine")), .attributeReadOnly),
            (.date(.initialDate, 0), .attributeReadOnly),
            (Attribute(name: AttributeName("y-a"), value: .integer(1)), .attributeReadOnly),
            (Attribute(name: AttributeName("Nonsense"), value: .integer(1)), .attributeNotSupported),
            (Attribute(name: AttributeName(""), value: .integer(1)), .invalidField),
            (.aes, .attributeHasOneInstance), (.bits256, .attributeHasOneInstance),
            (.encryption, .attributeHasOneInstance),
            (Attribute(name: .activationDate, value: .integer(1)), .invalidField),
            (Attribute(name: .deactivationDate, value: .text("x")), .invalidField),
            (.custom("x-a", String(repeating: "a", count: 8_193)), .invalidField),
        ]
        for (attribute, expected) in cases {
            let refused = failureOf([.aes, .bits256, .encryption, attribute])
            #expect(refused == OperationFailure(expected, attribute: attribute.name))
        }
        let twice = failureOf([
            .aes, .bits256, .encryption, .date(.activationDate, 1), .date(.activationDate, 2),
        ])
        #expect(twice == OperationFailure(.attributeHasOneInstance, attribute: .activationDate))
        let wrongType = failureOf([Attribute(name: .cryptographicLength, value: .longInteger(256))])
        #expect(wrongType == OperationFailure(.invalidField, attribute: .cryptographicLength))
    }

    @Test func aTemplateIsBounded() throws {
        let most = (0..<AttributeLimits.count).map { Attribute.custom("x-a", "\($0)") }
        #expect(try ObjectTemplate.key(most).attributes.count == AttributeLimits.count)
        #expect(failureOf([.aes, .bits256, .encryption] + most + [.custom("x-b", "more")])?.code == .invalidField)
    }

    @Test func aUsageMaskKeepsBitsWithoutAName() throws {
        let mask = Attribute(name: .cryptographicUsageMask, value: .integer(-1))
        let template = try ObjectTemplate(objectType: .symmetricKey, attributes: [.aes, .bits256, mask])
        #expect(template.usageMask.rawValue == 0xFFFF_FFFF)
    }
}
