/// Why bytes are not the TTLV that was expected. Two errors are equal when their codes are.
package struct TTLVError: Error, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The item ends beyond the structure or message that holds it.
        case truncated
        /// The type byte is none of the ten.
        case unknownType
        /// The length is not one that the type may have.
        case invalidLength
        /// The item has another type than its tag calls for.
        case unexpectedType
        /// A required item is not there, or not at its place.
        case missingItem
        /// An item that the structure does not have, or not at this place, or not in this protocol version.
        case unexpectedItem
        /// An item is there more often than it may be.
        case repeatedItem
        /// Structures are nested deeper than the limit.
        case tooDeep
        /// The message is longer than the limit.
        case tooLong
        /// Bytes follow the message.
        case trailingBytes
        /// A Text String is not UTF-8.
        case invalidText
        /// A Boolean is neither 0 nor 1.
        case invalidBoolean
        /// The message does not begin with the tag and type of the message that was expected.
        case notAMessage
    }

    package let code: Code
    /// The item concerned, where there is one.
    package let tag: Tag?

    package init(_ code: Code, _ tag: Tag? = nil) {
        self.code = code
        self.tag = tag
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.code == right.code
    }

    /// Code and tag; never a value.
    package var description: String {
        tag.map { "\(code.rawValue) (tag \($0))" } ?? code.rawValue
    }
}
