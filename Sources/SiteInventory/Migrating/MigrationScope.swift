/// What of an inventory has to be moved from one provider to another.
struct MigrationScope {
    let clusters: [String]
    let machines: [String]
    let withSnapshots: [String]
    /// Running VMs with Changed Block Tracking.
    let atRisk: [String]
    let templates: [String]
    let disks: [String]
    let hosts: [String]
    let entitiesWithOtherDefault: [String]

    init(_ inventory: Inventory, from old: String?, to new: String) {
        let check = MigrationCheck(inventory, from: old, to: new, keys: nil)
        let remaining = check.remaining.map(\.item)
        let vSAN = Set(inventory.items(.cluster).filter(\.isEncrypted).map(\.id))
        func names(_ kind: InventoryItem.Kind, _ isMeant: (InventoryItem) -> Bool = { _ in true }) -> [String] {
            remaining.filter { $0.kind == kind && isMeant($0) }.map(\.name)
        }
        clusters = names(.cluster)
        machines = names(.virtualMachine) { !$0.isTemplate }
        withSnapshots = names(.virtualMachine) { $0.flags.contains("snapshots") }
        atRisk = names(.virtualMachine, \.isAtRiskOfPowerOff)
        templates = names(.virtualMachine, \.isTemplate)
        disks = names(.disk)
        hosts = names(.host) { !vSAN.contains($0.parent) }
        let others = Set(check.otherDefaults.values.flatMap { $0 }).sorted()
        let clusterNames = Dictionary(inventory.items(.cluster).map { ($0.id, $0.name) }) { first, _ in first }
        entitiesWithOtherDefault = others.map { clusterNames[$0] ?? $0 }
    }

    /// "VMs (3): a, b, c.", with no more names than anyone reads; nothing where there are none.
    func sentence(_ title: String, _ names: [String]) -> [String] {
        guard !names.isEmpty else { return [] }
        let shown = names.prefix(20).joined(separator: ", ")
        let rest = names.count > 20 ? " and \(names.count - 20) more" : ""
        return ["\(title) (\(names.count)): \(shown)\(rest)."]
    }
}

extension InventoryItem {
    package var isTemplate: Bool { flags.contains("template") }

    /// A shallow rekey may power it off (Broadcom KB 387897): a running VM with Changed Block Tracking, or one of which
    /// that is not known.
    package var isAtRiskOfPowerOff: Bool {
        kind == .virtualMachine && flags.contains("poweredOn") && tracksChangedBlocks != false
    }
}
