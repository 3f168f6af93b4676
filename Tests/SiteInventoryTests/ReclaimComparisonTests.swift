import Foundation
import SiteInventory
import Testing

@Suite("Which keys nobody uses any more")
struct ReclaimComparisonTests {
    private static let now = exportTime.addingTimeInterval(3_600)

    /// Days are before the export.
    private func key(
        _ identifier: String,
        age: Double = 400,
        retrieved: Double? = 300,
        state: KnownKey.State = .init("active", isActive: true, isDestroyed: false),
        owner: String? = nil
    ) -> KnownKey {
        KnownKey(
            identifier: identifier,
            state: state,
            attributes: owner.map { ["x-Identifier": $0, "x-Name": "some VM"] } ?? [:],
            created: exportTime.addingTimeInterval(-age * ReclaimPolicy.day),
            lastRetrieved: retrieved.map { exportTime.addingTimeInterval(-$0 * ReclaimPolicy.day) }
        )
    }

    private func compare(
        _ keys: [KnownKey],
        _ inventories: [Inventory]? = nil,
        _ policy: ReclaimPolicy = ReclaimPolicy(now: now, providers: ["new"])
    ) throws -> ReclaimComparison {
        let given = try inventories ?? [SampleExport().inventory()]
        return ReclaimComparison(keys: keys, inventories: given, policy: policy)
    }

    @Test("Used, unused, and used but unknown here")
    func parts() throws {
        let result = try compare([key("K-VM1"), key("k-gone"), key("k-host2"), key("k-rekeyed", owner: "V-1")])
        #expect(result.used.map(\.key.identifier) == ["K-VM1", "k-host2"])
        #expect(result.used.first?.users.map(\.item.id) == ["vm-1"])
        #expect(result.unused.map(\.key.identifier) == ["k-gone", "k-rekeyed"])
        #expect(result.unused.map(\.owner?.id) == [nil, "vm-1"])
        #expect(result.unknown.map(\.identifier) == ["k-pvc"])
        #expect(result.recent.isEmpty && result.undecided.isEmpty && result.obstacles.isEmpty)
    }

    @Test("Without names of providers, they are those from which its keys are used")
    func inferredProviders() throws {
        let result = try compare([key("k-vm1"), key("k-gone")], nil, ReclaimPolicy(now: Self.now))
        #expect(result.unused.map(\.key.identifier) == ["k-gone"])
        #expect(result.unknown.map(\.identifier) == ["k-host2", "k-pvc"])
    }

    @Test(
        "What is young, or was retrieved a short time ago, is never called unused",
        arguments: [
            (29.9, nil, false), (30.1, nil, true), (400, 89.9, false), (400, 90.1, true), (0, 0, false),
            (-1, nil, false),
            (400, -1, false),
        ] as [(Double, Double?, Bool)]
    )
    func age(age: Double, retrieved: Double?, isUnused: Bool) throws {
        let result = try compare([key("k-vm1"), key("k-old", age: age, retrieved: retrieved)])
        #expect(result.unused.map(\.key.identifier) == (isUnused ? ["k-old"] : []))
        #expect(result.recent.map(\.identifier) == (isUnused ? [] : ["k-old"]))
    }

    @Test("An old inventory says nothing of what came after it")
    func oldInventory() throws {
        let later = ReclaimPolicy(now: exportTime.addingTimeInterval(500 * ReclaimPolicy.day), providers: ["new"])
        let result = try compare([key("k-vm1"), key("k-later", age: -100, retrieved: nil)], nil, later)
        #expect(result.unused.isEmpty)
        #expect(result.recent.map(\.identifier) == ["k-later"])
    }

    @Test("A clock of vCenter's that is ahead makes nothing old")
    func clocks() throws {
        let early = ReclaimPolicy(now: exportTime.addingTimeInterval(-380 * ReclaimPolicy.day), providers: ["new"])
        #expect(try compare([key("k-vm1"), key("k-gone")], nil, early).unused.isEmpty)
    }

    @Test("Items that could not be read may use any key, until someone vouches for them")
    func unclear() throws {
        let inventory = try SampleExport().replacing(
            "vm-3",
            with: [["VM", "lost", "vm-3", "", "host-1", "", "", "", "Unreadable", "", ""]]
        ).inventory()
        let keys = [key("k-vm1"), key("k-gone")]
        let result = try compare(keys, [inventory])
        #expect(result.unused.isEmpty)
        #expect(result.undecided.map(\.identifier) == ["k-gone"])
        #expect(result.obstacles == [.unclearItems(inventory.uncertainItems)])
        let vouched = ReclaimPolicy(now: Self.now, providers: ["new"], vouchedFor: ["vm-3"])
        #expect(try compare(keys, [inventory], vouched).unused.map(\.key.identifier) == ["k-gone"])
    }

    @Test("Another vCenter's inventory does not make all keys unused")
    func foreign() throws {
        #expect(try compare([key("k-a"), key("k-b")]).obstacles == [.nothingInCommon(vCenter: "vc.example.com")])
        #expect(try compare([key("k-a")]).unused.isEmpty)
        let accepting = ReclaimPolicy(now: Self.now, providers: ["new"], acceptsForeignInventory: true)
        #expect(try compare([key("k-a")], nil, accepting).unused.count == 1)
        let elsewhere = ReclaimPolicy(now: Self.now, providers: ["newer"])
        #expect(
            try compare([key("k-vm1")], nil, elsewhere).obstacles == [.providerMissing(vCenter: "vc.example.com")]
        )
        let none = try compare([key("k-a")], [])
        #expect(none.obstacles == [.noInventory] && none.unused.isEmpty && none.undecided.count == 1)
    }

    @Test("What is used, and not served here, is told; what is destroyed is left out otherwise")
    func notServed() throws {
        let destroyed = KnownKey.State("destroyed", isActive: false, isDestroyed: true)
        let deactivated = KnownKey.State("deactivated", isActive: false, isDestroyed: false)
        let result = try compare([
            key("k-vm1", state: destroyed), key("k-host2", state: deactivated), key("k-x", state: destroyed),
            key("k-y", state: deactivated),
        ])
        #expect(result.usedAndNotServed.map(\.key.identifier) == ["k-host2", "k-vm1"])
        #expect(result.used.isEmpty)
        #expect(result.unused.map(\.key.identifier) == ["k-y"])
    }
}
