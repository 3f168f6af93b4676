package import TTLV

/// What is wrong with a message, or with one item of it. Two errors are equal when their codes are.
package struct KMIPError: Error, Equatable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The bytes are not the TTLV that they should be.
        case unreadable
        /// A required field is not there, or not at its place.
        case missingField
        /// A field that is not defined there, in the message's protocol version.
        case unknownField
        /// A field is there more often than it may be.
        case repeatedField
        /// A field has a value that it can't have.
        case invalidField
        /// The message's protocol version is not spoken here.
        case unsupportedVersion
        /// Batch Count is not the number of items.
        case batchCountMismatch
        /// More items than the limit.
        case tooManyItems
        /// Items of a batch of several must have identifiers (section 7.2).
        case missingItemIdentifier
        /// A Message Extension that is marked critical; none is understood (section 6.16).
        case criticalExtension
        /// Key material in a format that is not handled.
        case unsupportedKeyFormat
        /// Protected memory for a secret could not be had.
        case noSecretMemory
    }

    package let code: Code
    /// The field concerned, where there is one.
    package let field: Tag?
    /// For people; contains no value of the message.
    package let message: String

    package init(_ code: Code, _ field: Tag? = nil, message: String) {
        self.code = code
        self.field = field
        self.message = message
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.code == right.code
    }

    package var description: String {
        "\(code): \(message)"
    }
}

extension KMIPError {
    /// The result reason for an item that fails with this error (section 11.1).
    package var itemReason: ResultReason {
        switch code {
        case .unreadable, .repeatedField, .unsupportedVersion, .batchCountMismatch, .tooManyItems,
            .missingItemIdentifier:
            .invalidMessage
        case .missingField: .missingData
        case .unknownField, .invalidField: .invalidField
        case .criticalExtension: .featureNotSupported
        case .unsupportedKeyFormat: .keyFormatTypeNotSupported
        case .noSecretMemory: .generalFailure
        }
    }

    /// The result reason for a whole message that fails with this error: without a readable header it could not be
    /// understood, whatever the detail (section 11.1, "Message cannot be parsed").
    package var messageReason: ResultReason {
        code == .missingField ? .invalidMessage : itemReason
    }

    init(_ error: TTLVError) {
        let name = error.tag.map { $0.name } ?? "message"
        switch error.code {
        case .missingItem:
            self.init(.missingField, error.tag, message: "\(name) is missing or not at its place")
        case .unexpectedItem:
            self.init(.unknownField, error.tag, message: "\(name) is not a field here in this protocol version")
        case .repeatedItem:
            self.init(.repeatedField, error.tag, message: "\(name) occurs too often")
        case .truncated, .unknownType, .invalidLength, .unexpectedType, .tooDeep, .tooLong, .trailingBytes,
            .invalidText, .invalidBoolean, .notAMessage:
            self.init(.unreadable, error.tag, message: "\(name) can't be read: \(error.code.rawValue)")
        }
    }

    /// Whatever decoding threw. What is neither TTLV's nor KMIP's error comes from the secret factory.
    static func from(_ error: any Error) -> KMIPError {
        switch error {
        case let error as KMIPError: error
        case let error as TTLVError: KMIPError(error)
        default: KMIPError(.noSecretMemory, message: "no protected memory for a secret")
        }
    }

    static func invalid(_ field: Tag, _ message: String) -> KMIPError {
        KMIPError(.invalidField, field, message: message)
    }
}
