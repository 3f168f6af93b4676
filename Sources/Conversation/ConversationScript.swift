internal import KMIP

/// Steps by connection: clients of this kind use a connection for one to five messages and no more.
package struct ConversationScript: Sendable, Hashable {
    package var connections: [[ConversationStep]]

    package init(_ connections: [[ConversationStep]]) {
        self.connections = connections
    }

    /// What a vCenter Server says when trust is set up, and when the first VM of a host is encrypted; every part on a
    /// connection of its own, each of which begins with Discover Versions.
    package static let vCenter = ConversationScript([
        [.discoverVersions, .queryServer],
        [.discoverVersions, .create],
        [.discoverVersions, .get, .state(.preActive), .activate],
        [.discoverVersions]
            + setting([
                .init("x-Product_Version", "8.0.3 build-24022515"),
                .init("x-Vendor", "VMware, Inc."),
                .init("x-Product", "VMware vSphere"),
            ]),
        [.discoverVersions]
            + setting([
                .init("x-Identifier", "42000000-0000-4000-8000-000000000001"),
                .init("x-Component", "Virtual Machine"),
                .init("x-Name", "keyferry-selftest"),
            ]),
        [.discoverVersions, .get, .state(.active)],
    ])

    /// The same, and then the key is revoked and destroyed, so that nothing of the rehearsal remains.
    package static let rehearsal = ConversationScript(vCenter.connections + [[.discoverVersions, .revoke, .destroy]])

    /// vCenter asks for each attribute before it sets all of them in one batch.
    private static func setting(_ attributes: [ConversationStep.TextAttribute]) -> [ConversationStep] {
        attributes.map { .absentAttribute($0.name) } + [.addAttributes(attributes)]
    }
}
