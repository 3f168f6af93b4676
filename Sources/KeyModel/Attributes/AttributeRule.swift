/// What a client may do with an attribute (the rules tables of KMIP 1.4, chapter 3).
package struct AttributeRule: Sendable {
    package enum Change: Sendable {
        case never
        case always
        case whilePreActive
        case whilePreActiveOrActive
    }

    /// A client may give it to Create and Register.
    let atCreation: Bool
    /// A client may add it later.
    let addition: Change
    let modification: Change
    let deletion: Change
    let hasManyInstances: Bool

    /// The rule for `name`; nil for an attribute that this server does not know.
    package static func rule(for name: AttributeName) -> AttributeRule? {
        if name.isClientCustom { return free(many: true) }
        if name.isServerCustom { return readOnly }
        return table[name]
    }

    private static let readOnly = AttributeRule(
        atCreation: false,
        addition: .never,
        modification: .never,
        deletion: .never,
        hasManyInstances: false
    )
    private static let fixed = AttributeRule(
        atCreation: true,
        addition: .never,
        modification: .never,
        deletion: .never,
        hasManyInstances: false
    )

    private static func free(many: Bool) -> AttributeRule {
        AttributeRule(
            atCreation: true,
            addition: .always,
            modification: .always,
            deletion: .always,
            hasManyInstances: many
        )
    }

    private static func date(_ change: Change) -> AttributeRule {
        AttributeRule(
            atCreation: true,
            addition: change,
            modification: change,
            deletion: .never,
            hasManyInstances: false
        )
    }

    private static let table: [AttributeName: AttributeRule] = [
        .uniqueIdentifier: readOnly,
        .name: free(many: true),
        .objectType: readOnly,
        .cryptographicAlgorithm: fixed,
        .cryptographicLength: fixed,
        .cryptographicParameters: free(many: true),
        .digest: readOnly,
        .operationPolicyName: fixed,
        .cryptographicUsageMask: fixed,
        .state: readOnly,
        .initialDate: readOnly,
        .activationDate: date(.whilePreActive),
        .processStartDate: date(.whilePreActiveOrActive),
        .protectStopDate: date(.whilePreActiveOrActive),
        .deactivationDate: date(.whilePreActiveOrActive),
        .destroyDate: readOnly,
        .compromiseOccurrenceDate: readOnly,
        .compromiseDate: readOnly,
        .revocationReason: readOnly,
        .objectGroup: free(many: true),
        .link: free(many: true),
        .applicationSpecificInformation: free(many: true),
        .contactInformation: free(many: false),
        .lastChangeDate: readOnly,
        .alternativeName: free(many: true),
        .description: free(many: false),
        .comment: free(many: false),
        .originalCreationDate: readOnly,
    ]
}

extension AttributeRule.Change {
    func isAllowed(in state: ObjectState) -> Bool {
        switch self {
        case .never: false
        case .always: true
        case .whilePreActive: state == .preActive
        case .whilePreActiveOrActive: state == .preActive || state == .active
        }
    }
}
