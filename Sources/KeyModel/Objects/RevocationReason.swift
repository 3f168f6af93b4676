/// Why an object was revoked: KMIP's Revocation Reason (1.4, 3.31), with the numbers of 9.1.3.2.19.
package struct RevocationReason: Hashable, Sendable {
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: UInt32

        package init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        package static let unspecified = Code(rawValue: 1)
        package static let keyCompromise = Code(rawValue: 2)
        package static let caCompromise = Code(rawValue: 3)
        package static let affiliationChanged = Code(rawValue: 4)
        package static let superseded = Code(rawValue: 5)
        package static let cessationOfOperation = Code(rawValue: 6)
        package static let privilegeWithdrawn = Code(rawValue: 7)

        /// Whether the object becomes Compromised rather than Deactivated.
        package var meansCompromise: Bool {
            self == .keyCompromise || self == .caCompromise
        }
    }

    /// So many characters (Unicode scalars) may an operator's message have.
    package static let longestOperatorsMessage = 1_024

    package let code: Code
    package let message: String?

    package init(code: Code, message: String?) {
        self.code = code
        self.message = message
    }
}
