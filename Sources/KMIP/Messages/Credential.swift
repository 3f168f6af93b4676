package import TTLV

/// Who sends a request, beside what the TLS connection says (KMIP 1.4, section 2.1.2).
package struct Credential: Sendable {
    package enum Value: Sendable {
        case usernameAndPassword(username: String, password: (any SecretContent)?)
        /// Since 1.1.
        case device(DeviceCredential)
        /// Nonce, Attestation Type, Measurement, Assertion; since 1.2.
        case attestation([Item])
        /// Of a type that is not known; its content was passed over, and it can't be written.
        case unknown
    }

    package var type: CredentialType
    package var value: Value

    package init(username: String, password: (any SecretContent)?) {
        type = .usernameAndPassword
        value = .usernameAndPassword(username: username, password: password)
    }

    package init(device: DeviceCredential) {
        type = .device
        value = .device(device)
    }
}

/// The value of a Device credential; at least one field is there (section 2.1.2, table 5).
package struct DeviceCredential: Sendable {
    package var serialNumber: String?
    package var password: (any SecretContent)?
    package var deviceIdentifier: String?
    package var networkIdentifier: String?
    package var machineIdentifier: String?
    package var mediaIdentifier: String?

    package init() {}
}

extension Credential {
    static func readIfPresent(_ reader: inout ItemReader, _ context: DecodingContext) throws -> Credential? {
        guard var fields = try reader.structureIfPresent(.credential) else { return nil }
        let credential = try Credential(fields: &fields, context)
        try fields.finish()
        return credential
    }

    private init(fields: inout ItemReader, _ context: DecodingContext) throws {
        type = try fields.enumeration(.credentialType, CredentialType.self)
        switch type {
        case .usernameAndPassword:
            var inner = try fields.structure(.credentialValue)
            let username = try inner.text(.username)
            let password = try inner.secretTextIfPresent(.password, context.makeSecret)
            try inner.finish()
            value = .usernameAndPassword(username: username, password: password)
        case .device:
            var inner = try fields.structure(.credentialValue)
            value = .device(try DeviceCredential(from: &inner, context))
            try inner.finish()
        case .attestation:
            var inner = try fields.structure(.credentialValue)
            value = .attestation(try inner.remainingItems())
        default:
            guard fields.nextTag == .credentialValue else { throw TTLVError(.missingItem, .credentialValue) }
            try fields.skip()
            value = .unknown
        }
    }

    var canBeWritten: Bool {
        if case .unknown = value { false } else { true }
    }

    /// Of one that can be written.
    func encode(into writer: inout ItemWriter) {
        writer.structure(.credential) { writer in
            writer.enumeration(.credentialType, type)
            writer.structure(.credentialValue) { writer in
                switch value {
                case .usernameAndPassword(let username, let password):
                    writer.text(.username, username)
                    writer.secretTextIfPresent(.password, password)
                case .device(let device):
                    device.encode(into: &writer)
                case .attestation(let items):
                    for item in items { writer.item(item) }
                case .unknown:
                    break
                }
            }
        }
    }
}

extension DeviceCredential {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        serialNumber = try reader.textIfPresent(.deviceSerialNumber)
        password = try reader.secretTextIfPresent(.password, context.makeSecret)
        deviceIdentifier = try reader.textIfPresent(.deviceIdentifier)
        networkIdentifier = try reader.textIfPresent(.networkIdentifier)
        machineIdentifier = try reader.textIfPresent(.machineIdentifier)
        mediaIdentifier = try reader.textIfPresent(.mediaIdentifier)
    }

    func encode(into writer: inout ItemWriter) {
        writer.textIfPresent(.deviceSerialNumber, serialNumber)
        writer.secretTextIfPresent(.password, password)
        writer.textIfPresent(.deviceIdentifier, deviceIdentifier)
        writer.textIfPresent(.networkIdentifier, networkIdentifier)
        writer.textIfPresent(.machineIdentifier, machineIdentifier)
        writer.textIfPresent(.mediaIdentifier, mediaIdentifier)
    }
}
