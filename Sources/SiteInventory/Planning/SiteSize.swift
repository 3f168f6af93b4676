/// How much a site has that uses keys.
package struct SiteSize: Hashable, Sendable {
    /// With vSAN's own encryption.
    package let vSANClusters: Int
    /// With encrypted VMs.
    package let vSphereClusters: Int
    package let encryptedVMs: Int
    /// Hosts of encrypted vSAN clusters: at most, if the number is not known.
    package let vSANHosts: Int
    /// Hosts beside those: nil if it is not known.
    package let otherHosts: Int?

    /// The most hosts that vSphere allows in a cluster.
    package static let mostHostsOfCluster = 64
    /// What none of the numbers is beyond: sums stay far from overflowing.
    package static let most = 10_000_000

    /// - Parameter hosts: of all clusters; nil if it is not known. Which of them are in vSAN clusters is not known
    ///   either, so all of them may be, if there are any.
    package init(vSANClusters: Int, vSphereClusters: Int, encryptedVMs: Int, hosts: Int? = nil) {
        self.vSANClusters = vSANClusters
        self.vSphereClusters = vSphereClusters
        self.encryptedVMs = encryptedVMs
        let atMost = vSANClusters * Self.mostHostsOfCluster
        vSANHosts = min(hosts ?? atMost, atMost)
        otherHosts = hosts.map { vSANClusters == 0 ? $0 : max(0, $0 - atMost) }
    }

    /// What an inventory has.
    package init(_ inventory: Inventory) {
        let vSAN = Set(inventory.items(.cluster).filter(\.isEncrypted).map(\.id))
        let hosts = inventory.items(.host)
        let parents = Dictionary(hosts.map { ($0.id, $0.parent) }) { first, _ in first }
        let machines = inventory.items(.virtualMachine).filter(\.isEncrypted)
        // A host that is in no cluster counts as a cluster of its own.
        func place(_ host: String) -> String {
            parents[host].flatMap { $0.isEmpty ? nil : $0 } ?? "host \(host)"
        }
        let used = Set(machines.map { place($0.parent) })
        let safe = Set(hosts.filter { $0.isEncrypted && !vSAN.contains($0.parent) }.map { place($0.id) })
        vSANClusters = vSAN.count
        vSphereClusters = used.union(safe).count
        encryptedVMs = machines.count
        vSANHosts = hosts.count { vSAN.contains($0.parent) }
        otherHosts = hosts.count - vSANHosts
    }
}
