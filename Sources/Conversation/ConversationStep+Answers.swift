internal import KMIP
internal import TTLV

/// What an answer says that it should not.
struct UnexpectedAnswer: Error {
    let reason: String
}

extension ConversationStep {
    /// Looks at the answers to this step's items, which have all succeeded.
    ///
    /// - Parameter key: set by Create.
    /// - Returns: what was learnt, for people.
    func examine(_ answers: [ResponsePayload], key: inout String) throws(UnexpectedAnswer) -> String {
        guard let answer = answers.first else { throw UnexpectedAnswer(reason: "no answer") }
        switch (self, answer) {
        case (.discoverVersions, .discoverVersions(let response)):
            guard response.versions.contains(.v11) else { throw UnexpectedAnswer(reason: "KMIP 1.1 is not offered") }
            return response.versions.map(\.description).joined(separator: ", ")
        case (.queryServer, .query(let response)):
            return response.vendorIdentification ?? "no vendor named"
        case (.create, .create(let response)):
            key = response.uniqueIdentifier
            return key
        case (.get, .get(let response)):
            try Self.requireIdentifier(response.uniqueIdentifier, key)
            return try Self.examine(response.object)
        case (.state(let expected), .getAttributes(let response)):
            try Self.requireIdentifier(response.uniqueIdentifier, key)
            guard response.attributes.first?.value == .enumeration(expected.rawValue) else {
                throw UnexpectedAnswer(reason: "the state is not \(expected)")
            }
            return "\(expected)"
        case (.absentAttribute, .getAttributes(let response)):
            try Self.requireIdentifier(response.uniqueIdentifier, key)
            guard response.attributes.isEmpty else { throw UnexpectedAnswer(reason: "the attribute has a value") }
            return "not set"
        case (.addAttributes, .addAttribute):
            return "\(answers.count) set"
        case (.activate, .activate(let response)):
            try Self.requireIdentifier(response.uniqueIdentifier, key)
            return "active"
        case (.revoke, .revoke(let response)):
            try Self.requireIdentifier(response.uniqueIdentifier, key)
            return "deactivated"
        case (.destroy, .destroy(let response)):
            try Self.requireIdentifier(response.uniqueIdentifier, key)
            return "destroyed"
        default:
            throw UnexpectedAnswer(reason: "an answer to \(answer.operation)")
        }
    }

    private static func requireIdentifier(_ identifier: String, _ key: String) throws(UnexpectedAnswer) {
        guard identifier == key else { throw UnexpectedAnswer(reason: "an answer about another key") }
    }

    /// A raw AES-256 key of 32 bytes, with no attribute in its Key Value.
    private static func examine(_ object: ManagedObject) throws(UnexpectedAnswer) -> String {
        guard case .symmetricKey(let block) = object, block.format == .raw, block.algorithm == .aes,
            block.length == 256, let value = block.value, case .bytes(let material) = value.material,
            material.count == 32, value.attributes.isEmpty
        else { throw UnexpectedAnswer(reason: "not a raw AES-256 key") }
        return "32 bytes"
    }
}
