package import FoundationEssentials

/// What one vCenter said at one moment of what uses which key. There is none that is known to be incomplete: see
/// `Inventory.init(file:)`.
package struct Inventory: Hashable, Sendable {
    package let vCenter: VCenter
    /// Before anything was collected, by vCenter's clock.
    package let exportedAt: Date
    package let providers: [KeyProvider]
    package let items: [InventoryItem]

    package func items(_ kind: InventoryItem.Kind) -> [InventoryItem] {
        items.filter { $0.kind == kind }
    }

    package func provider(_ name: String) -> KeyProvider? {
        providers.first { $0.name == name }
    }

    /// Items of which the inventory does not say for certain which keys they use.
    package var uncertainItems: [InventoryItem] {
        items.filter { !$0.isCertain }
    }
}

/// The vCenter of an inventory.
package struct VCenter: Hashable, Sendable {
    package let name: String
    /// Unlike its name, it does not change.
    package let instanceUUID: String
    package let version: String
    package let build: String
}

/// A key provider ("KMS cluster") as vCenter knows it.
package struct KeyProvider: Hashable, Sendable {
    /// With PowerCLI's names (`KeyProviderType`).
    package enum Kind: String, Hashable, Sendable {
        /// A KMIP server, such as Keyferry.
        case standard = "KeyProvider"
        case trusted = "TrustedKeyProvider"
        case native = "NativeKeyProvider"
        case unknown
    }

    package let name: String
    package let kind: Kind
    package let isSystemDefault: Bool
    /// Identifiers of the clusters and folders for which it is the default.
    package let isDefaultOf: [String]
}

/// A VM, host, cluster, or a disk that belongs to no VM.
package struct InventoryItem: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case cluster = "Cluster"
        case host = "Host"
        case virtualMachine = "VM"
        /// A First Class Disk.
        case disk = "Disk"

        package var noun: String {
            switch self {
            case .cluster: "cluster"
            case .host: "host"
            case .virtualMachine: "VM"
            case .disk: "disk"
            }
        }
    }

    package let kind: Kind
    package let name: String
    /// vCenter's, such as `vm-1004`: unique among the items of its kind.
    package let id: String
    /// A VM's instance UUID or a host's hardware UUID: what vCenter writes into a key's `x-Identifier`.
    package let uuid: String
    /// The item that it is in: a VM's host, a host's cluster. Empty if there is none.
    package let parent: String
    package let state: String
    /// Nil if the inventory does not say.
    package let tracksChangedBlocks: Bool?
    /// Such as `poweredOn` and `template`.
    package let flags: Set<String>
    package internal(set) var uses: [KeyUse]

    package var isEncrypted: Bool { !uses.isEmpty }

    /// Not so where vCenter could not read it, and while its keys change.
    package var isCertain: Bool { state != Self.unreadable && state != Self.changing }

    static let unreadable = "Unreadable"
    static let changing = "Changing"
}

/// What an item uses a key for.
package struct KeyUse: Hashable, Sendable {
    package enum Purpose: String, Hashable, Sendable, CaseIterable {
        case home = "Home"
        case disk = "Disk"
        case snapshot = "Snapshot"
        case host = "Host"
        /// The cluster's key of vSAN, which encrypts its disks' keys.
        case vSANKeyEncryptionKey = "VsanKek"
        /// The key for core dumps of all hosts of a vSAN cluster.
        case vSANHostKey = "VsanHostKey"
    }

    package let purpose: Purpose
    /// Empty where vCenter does not say.
    package let provider: String
    /// Empty where a native or trusted provider's key has no identifier.
    package let key: String

    package var isOfVSAN: Bool { purpose == .vSANKeyEncryptionKey || purpose == .vSANHostKey }
}
