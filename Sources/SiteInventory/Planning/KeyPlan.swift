/// How many keys a site takes, and what it asks for at the worst moment: when all of its hosts restart.
package struct KeyPlan: Hashable, Sendable {
    package let size: SiteSize
    /// One for vSAN, one for VM encryption.
    package let rootKeys: Int
    package let vSANKeys: Int
    package let hostKeys: Int
    package let virtualMachineKeys: Int
    package let restart: RestartLoad

    package var standardKeys: Int { vSANKeys + hostKeys + virtualMachineKeys }

    package init(_ size: SiteSize) {
        self.size = size
        let hasVMs = size.vSphereClusters > 0 || size.encryptedVMs > 0
        rootKeys = (size.vSANClusters > 0 ? 1 : 0) + (hasVMs ? 1 : 0)
        vSANKeys = 2 * size.vSANClusters
        hostKeys = size.vSphereClusters
        virtualMachineKeys = size.encryptedVMs
        restart = RestartLoad(gets: 2 * size.vSANHosts + size.vSphereClusters + size.encryptedVMs)
    }

    /// What the figures rest on, in sentences.
    package var assumptions: [String] {
        var list = [
            "vSAN encryption: one root key, and two keys a cluster (the key encryption key and the host key).",
            "VM encryption: one root key, one key a cluster, and one for each encrypted VM. VMs whose disks were given "
                + "keys of their own by the API have more.",
            "A root key belongs to an instance: one is enough if vSAN and VMs use the same instance.",
            "Where vCenter gives each host a key of its own instead of one a cluster, that many more.",
            "Every rekey makes new keys, and vCenter never removes old ones: they stay until they are reclaimed.",
            "On restart every host of a vSAN cluster gets both keys of its cluster by itself, and vCenter gets each "
                + "host key and each VM's key once.",
            "At worst each Get has a connection of its own, with a full TLS handshake, and comes with two more "
                + "requests: Discover Versions and Get Attributes.",
        ]
        if size.otherHosts == nil, size.vSANClusters > 0 {
            list.append(
                "The number of hosts is not known (--hosts): each vSAN cluster is taken to have "
                    + "\(SiteSize.mostHostsOfCluster), the most that there can be."
            )
        }
        return list
    }
}

/// What comes when all hosts restart at the same moment.
package struct RestartLoad: Hashable, Sendable {
    package let gets: Int
    package var handshakes: Int { gets }
    package var requests: Int { 3 * gets }

    /// Gets, and handshakes, a second that a site must be able to serve so that the last is served within `seconds`;
    /// rounded up.
    package func rate(within seconds: Int) -> Int {
        (gets + seconds - 1) / seconds
    }
}
