package import ArgumentParser
internal import SiteInventory

/// `keyferry plan`
package struct PlanCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Say how many keys a site takes, and what it asks for when all hosts restart.",
        discussion: "By numbers, or by an inventory exported from vCenter. No server is asked."
    )

    @Option(name: .customLong("vsan-clusters"), help: ArgumentHelp("Clusters with vSAN encryption.", valueName: "n"))
    package var vSANClusters: Int?
    @Option(name: .customLong("vsphere-clusters"), help: ArgumentHelp("Clusters with encrypted VMs.", valueName: "n"))
    package var vSphereClusters: Int?
    @Option(name: .customLong("encrypted-vms"), help: ArgumentHelp("Encrypted VMs.", valueName: "n"))
    package var encryptedVMs: Int?
    @Option(help: ArgumentHelp("Hosts of all these clusters together.", valueName: "n"))
    package var hosts: Int?
    @Option(help: ArgumentHelp("Count in an exported inventory instead.", valueName: "file"))
    package var inventory: String?
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        let numbers = [vSANClusters, vSphereClusters, encryptedVMs, hosts].compactMap { $0 }
        guard (inventory == nil) != numbers.isEmpty else {
            throw ValidationError("Give either --inventory, or the numbers of clusters and VMs.")
        }
        guard numbers.allSatisfy((0...SiteSize.most).contains) else {
            throw ValidationError("A number is from 0 to \(SiteSize.most).")
        }
        guard inventory != nil || numbers.count > (hosts == nil ? 0 : 1) else {
            throw ValidationError(
                "Hosts alone use no keys: give --vsan-clusters, --vsphere-clusters or --encrypted-vms."
            )
        }
    }

    package func perform() async throws(CommandFailure) {
        let plan: KeyPlan
        if let inventory {
            plan = KeyPlan(SiteSize(try InventoryFile.read(inventory)))
        } else {
            plan = KeyPlan(
                SiteSize(
                    vSANClusters: vSANClusters ?? 0,
                    vSphereClusters: vSphereClusters ?? 0,
                    encryptedVMs: encryptedVMs ?? 0,
                    hosts: hosts
                )
            )
        }
        let report = KeyPlanReport(plan)
        try output.write(report) { report.text }
    }
}

/// A plan for people and for scripts.
struct KeyPlanReport: Encodable {
    struct Site: Encodable {
        let vsanClusters: Int
        let vsphereClusters: Int
        let encryptedVMs: Int
        let vsanHosts: Int
    }

    struct Restart: Encodable {
        let gets: Int
        let handshakes: Int
        let requests: Int
        let getsPerSecondWithinAMinute: Int
    }

    let site: Site
    let rootKeys: Int
    let standardKeys: Int
    let vsanKeys: Int
    let hostKeys: Int
    let virtualMachineKeys: Int
    let restart: Restart
    let assumptions: [String]

    init(_ plan: KeyPlan) {
        site = Site(
            vsanClusters: plan.size.vSANClusters,
            vsphereClusters: plan.size.vSphereClusters,
            encryptedVMs: plan.size.encryptedVMs,
            vsanHosts: plan.size.vSANHosts
        )
        rootKeys = plan.rootKeys
        standardKeys = plan.standardKeys
        vsanKeys = plan.vSANKeys
        hostKeys = plan.hostKeys
        virtualMachineKeys = plan.virtualMachineKeys
        restart = Restart(
            gets: plan.restart.gets,
            handshakes: plan.restart.handshakes,
            requests: plan.restart.requests,
            getsPerSecondWithinAMinute: plan.restart.rate(within: 60)
        )
        assumptions = plan.assumptions
    }

    var text: String {
        var keys = TextTable("KEYS", "NUMBER", "FOR")
        keys.add("root keys", "\(rootKeys)", "one for vSAN, one for VMs")
        keys.add("standard keys", "\(standardKeys)", "all of these:")
        keys.add("  of vSAN", "\(vsanKeys)", "\(site.vsanClusters) clusters")
        keys.add("  of hosts", "\(hostKeys)", "\(site.vsphereClusters) clusters with encrypted VMs")
        keys.add("  of VMs", "\(virtualMachineKeys)", "\(site.encryptedVMs) encrypted VMs")
        var load = TextTable("WHEN ALL HOSTS RESTART", "AT MOST", "")
        load.add("Gets", "\(restart.gets)", "by \(site.vsanHosts) hosts of vSAN clusters, and by vCenter")
        load.add("TLS handshakes", "\(restart.handshakes)", "")
        load.add("requests", "\(restart.requests)", "")
        load.add("Gets a second", "\(restart.getsPerSecondWithinAMinute)", "so that the last is served within a minute")
        return [
            keys.text(empty: ""), load.text(empty: ""),
            "This rests on:\n" + assumptions.map(WrappedText.item).joined(separator: "\n"),
        ].joined(separator: "\n\n")
    }
}
