import Testing

@testable import Conversation

@Suite struct ConversationScriptTests {
    @Test func everyConnectionBeginsWithDiscoverVersionsAndIsShort() {
        for steps in ConversationScript.rehearsal.connections {
            #expect(steps.first == .discoverVersions)
            #expect((2...5).contains(steps.count))
        }
    }

    /// Get comes while the key is still pre-active: an implementation that refuses it breaks encryption.
    @Test func theKeyIsFetchedBeforeItIsActivated() throws {
        let steps = ConversationScript.vCenter.connections.flatMap { $0 }
        let get = try #require(steps.firstIndex(of: .get))
        let activate = try #require(steps.firstIndex(of: .activate))
        #expect(get < activate)
        #expect(!steps.contains(.destroy))
    }

    @Test func itemIdentifiersAreQLKCAndACounter() {
        #expect(ConversationPlayer.identifier(1) == [0x51, 0x4C, 0x4B, 0x43, 0x01, 0x00, 0x00, 0x00])
        #expect(ConversationPlayer.identifier(258) == [0x51, 0x4C, 0x4B, 0x43, 0x02, 0x01, 0x00, 0x00])
    }

    @Test func aBatchAddsSeveralAttributes() {
        let step = ConversationStep.addAttributes([
            .init("x-Vendor", "VMware, Inc."), .init("x-Product", "VMware vSphere"),
        ])
        #expect(step.payloads(key: "1").count == 2)
    }
}
