import KeyModel

/// One of everything that travels.
enum Samples {
    static let identifier = UniqueIdentifier("6ba7b810-9dad-41d1-80b4-00c04fd430c8")
    static let material = TransportedKeyMaterial(blob: [UInt8](repeating: 0xB1, count: 40), trueLength: 32)
    static let digest = [UInt8](repeating: 0xD1, count: 32)
    static let time = Timestamp(secondsSince1970: 1_800_000_000)

    static func fingerprint(_ byte: UInt8) throws -> CertificateFingerprint {
        guard let fingerprint = CertificateFingerprint([UInt8](repeating: byte, count: 32)) else {
            throw SampleError()
        }
        return fingerprint
    }

    struct SampleError: Error {}

    static let values: [AttributeValue] = [
        .integer(0), .integer(.min), .integer(.max), .longInteger(.min), .longInteger(.max), .bigInteger([]),
        .bigInteger([0xFF, 0, 0, 0, 0, 0, 0, 1]), .enumeration(0), .enumeration(.max), .boolean(true),
        .boolean(false), .text(""), .text("vSphere – 日本語 \u{0} end"), .bytes([]), .bytes(Array(0...255)),
        .dateTime(time), .dateTime(Timestamp(secondsSince1970: .min)), .dateTime(Timestamp(secondsSince1970: .max)),
        .interval(0), .interval(.max), .structure([]),
        .structure([
            AttributeValue.Field(name: "Name Value", value: .text("vm-1")),
            AttributeValue.Field(name: "Name Type", value: .enumeration(1)),
            AttributeValue.Field(name: "", value: .structure([.init(name: "420008", value: .bytes([1]))])),
        ]),
    ]

    static var attributes: [Attribute] {
        values.enumerated().map {
            Attribute(name: AttributeName("x-\($0.offset % 3)"), index: $0.offset, value: $0.element)
        }
    }

    static func operations(on target: UniqueIdentifier?) -> [Operation] {
        let attribute = Attribute(name: .name, index: 2, value: .text("n"))
        return [
            .get(GetOperation(identifier: target)),
            .getAttributes(GetAttributesOperation(identifier: target, names: [])),
            .getAttributes(GetAttributesOperation(identifier: target, names: [.state, AttributeName("x-a")])),
            .getAttributeList(GetAttributeListOperation(identifier: target)),
            .addAttribute(AddAttributeOperation(identifier: target, attribute: attribute)),
            .modifyAttribute(ModifyAttributeOperation(identifier: target, attribute: attribute)),
            .deleteAttribute(DeleteAttributeOperation(identifier: target, name: .name, index: 7)),
            .activate(ActivateOperation(identifier: target)),
            .revoke(
                RevokeOperation(
                    identifier: target,
                    reason: RevocationReason(code: .keyCompromise, message: "lost"),
                    compromiseOccurrence: time
                )
            ),
            .revoke(
                RevokeOperation(
                    identifier: target,
                    reason: RevocationReason(code: .init(rawValue: .max), message: nil),
                    compromiseOccurrence: nil
                )
            ),
            .destroy(DestroyOperation(identifier: target)),
        ]
    }

    static var operations: [Operation] {
        [
            .create(CreateOperation(objectType: .symmetricKey, attributes: attributes)),
            .create(CreateOperation(objectType: ObjectType(rawValue: .max), attributes: [])),
            .register(
                RegisterOperation(
                    objectType: .symmetricKey,
                    attributes: attributes,
                    algorithm: .aes,
                    length: 256,
                    material: material,
                    digest: digest
                )
            ),
            .register(
                RegisterOperation(
                    objectType: .secretData,
                    attributes: [],
                    algorithm: nil,
                    length: nil,
                    material: TransportedKeyMaterial(blob: [], trueLength: 0),
                    digest: digest
                )
            ),
            .locate(LocateOperation(filter: ObjectFilter(attributes: attributes), maximumItems: 10, offset: 3)),
            .locate(LocateOperation(filter: ObjectFilter(attributes: []), maximumItems: nil, offset: 0)),
            .locate(LocateOperation(filter: ObjectFilter(attributes: []), maximumItems: 0, offset: 0)),
        ] + operations(on: identifier) + operations(on: nil) + operations(on: UniqueIdentifier(""))
    }

    static var results: [OperationResult] {
        let attribute = Attribute(name: .name, index: 1, value: .text("n"))
        return [
            .created(.symmetricKey, identifier), .registered(identifier),
            .got(
                RetrievedKey(
                    identifier: identifier,
                    objectType: .symmetricKey,
                    algorithm: .aes,
                    length: 256,
                    material: material,
                    digest: digest
                )
            ),
            .attributes(identifier, attributes), .attributes(identifier, []),
            .attributeList(identifier, [.name, .state]), .attributeList(identifier, []),
            .attributeAdded(identifier, attribute), .attributeModified(identifier, attribute),
            .attributeDeleted(identifier, attribute), .located([identifier, UniqueIdentifier("b")], total: 70_000),
            .located([], total: 0), .located([identifier], total: nil), .activated(identifier), .revoked(identifier),
            .destroyed(identifier),
        ]
    }

    static func requests() throws -> [OperatorJob.Request] {
        [
            .certificate(.show(instance: "kmip-01", name: "vcenter")),
            .certificate(.replace(instance: "kmip-01", name: "vcenter", der: [0x30, 0x00], overlapSeconds: 7_776_000)),
            .certificate(.replace(instance: "kmip-01", name: "vcenter", der: [0x30, 0x00], overlapSeconds: 0)),
            .certificate(.listPending),
            .certificate(.admit(try fingerprint(5), instance: "kmip-01", name: "esx-7")),
            .instance(.list), .certificate(.list(instance: "kmip-01")),
            .certificate(.add(instance: "kmip-01", name: "vcenter", der: [0x30, 0x00])),
            .certificate(.remove(instance: "kmip-01", name: "vcenter")), .partition(.describe),
        ] + KeySamples.requests.map(OperatorJob.Request.key) + RootKeySamples.requests + AccessSamples.requests()
    }

    static func answers() throws -> [OperatorAnswer] {
        guard let partition = PartitionName("p1") else { throw SampleError() }
        let certificate = ClientCertificate(
            fingerprint: try fingerprint(3),
            instance: InstanceIdentifier("i"),
            name: "vcenter",
            der: [0x30, 0x01, 0xFF],
            subject: "CN=vcenter",
            notBefore: time,
            notAfter: time.advanced(bySeconds: 60),
            added: time.advanced(bySeconds: -60)
        )
        let instances = Instance.Status.allCases.map { status in
            InstanceDescription(
                instance: Instance(
                    identifier: InstanceIdentifier("i-\(status)"),
                    name: "kmip-\(status)",
                    status: status,
                    partition: partition,
                    rootKey: status == .installing ? nil : RootKeyIdentifier("r"),
                    created: time
                ),
                certificateCount: 3,
                objectCounts: status == .installed ? [.active: 5, .destroyedCompromised: 1] : [:]
            )
        }
        let rootKeys = RootKey.Status.allCases.map { status in
            PartitionDescription.RootKeyDescription(
                rootKey: RootKey(
                    identifier: RootKeyIdentifier("r-\(status)"),
                    name: "\(status)",
                    partition: partition,
                    status: status,
                    created: time
                ),
                currentVersion: status == .active ? 4 : nil
            )
        }
        let description = PartitionDescription(
            partition: partition,
            authorityGeneration: .max,
            tokenSerial: "0a1b",
            rootKeys: rootKeys,
            expiring: ExpiringCertificate.Kind.allCases.map {
                ExpiringCertificate(kind: $0, name: "kmip-01/one", end: time)
            }
        )
        return [
            .instance(.list(instances)), .instance(.list([])), .certificate(.list([])),
            .certificate(.added(certificate)), .certificate(.removed(try fingerprint(4))), .partition(description),
        ] + (try certificateAnswers(certificate)) + KeySamples.answers.map(OperatorAnswer.key)
            + RootKeySamples.answers(partition) + AccessSamples.answers(instances[1], certificate)
    }

    private static func certificateAnswers(_ certificate: ClientCertificate) throws -> [OperatorAnswer] {
        let previous = certificate.with(name: "vcenter.previous", validUntil: time.advanced(bySeconds: 30))
        let seen = ClientCertificateDescription(certificate: previous, lastSeen: time)
        let unseen = ClientCertificateDescription(certificate: certificate, lastSeen: nil)
        let pending = PendingCertificate(
            fingerprint: try fingerprint(6),
            der: [0x30, 0x00],
            address: "192.0.2.7",
            firstSeen: time,
            lastSeen: time.advanced(bySeconds: 5),
            attempts: 3
        )
        return [
            .certificate(.list([seen, unseen])), .certificate(.shown(seen)), .certificate(.shown(unseen)),
            .certificate(.replaced(ClientCertificateReplacement(certificate: certificate, previous: previous))),
            .certificate(.replaced(ClientCertificateReplacement(certificate: certificate, previous: nil))),
            .certificate(.pending([pending])), .certificate(.pending([])),
        ]
    }
}
