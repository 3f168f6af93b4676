/// The way from one key provider to another, step by step, with PowerCLI's commands.
///
/// The cmdlets and their parameters are those of the vendor's reference. Nothing here was run against a vCenter: the
/// guide says so itself.
package struct MigrationGuide: Hashable, Sendable {
    package struct Step: Hashable, Sendable {
        package let title: String
        /// What to know and to look at, in sentences.
        package let notes: [String]
        /// What may go wrong with running workloads.
        package let warnings: [String]
        /// Lines of PowerShell; empty where there is nothing to run.
        package let commands: [String]
    }

    /// What the reader has to know before anything else.
    package static let caveat =
        "The cmdlets and parameters are those of the vendor's PowerCLI reference and samples. The commands as they "
        + "stand here have not been run against a vCenter: read them, and try them where it does not matter first."

    /// Nil: whichever is not `new`.
    package let old: String?
    package let new: String
    package let steps: [Step]

    /// - Parameters:
    ///   - inventory: names what each step is about; nil for the guide in general.
    package init(from old: String?, to new: String, inventory: Inventory? = nil) {
        self.old = old
        self.new = new
        let scope = inventory.map { MigrationScope($0, from: old, to: new) }
        steps = [
            Self.preparation(old: old, new: new),
            Self.defaults(scope),
            Self.vSANClusters(scope),
            Self.virtualMachines(scope),
            Self.templatesAndDisks(scope),
            Self.hosts(scope),
            Self.verification(old: old, new: new),
            Self.farewell,
        ]
    }

    private static func preparation(old: String?, new: String) -> Step {
        let test =
            old.map { "$KeyId.ProviderId.Id -ceq \(PowerShellText.quoted($0))" }
            ?? "$KeyId.ProviderId.Id -cne \(PowerShellText.quoted(new))"
        return Step(
            title: "Prepare",
            notes: [
                "Back up vCenter Server. Add this server as a key provider, and see that vCenter and every host of an "
                    + "encrypted vSAN cluster reach it.",
                "The old provider must stay connected all the way: what has not been moved yet needs its keys.",
                "Run the commands of all steps in one PowerCLI session, connected to one vCenter Server. They stop at the "
                    + "first error.",
            ],
            warnings: [],
            commands: [
                "$ErrorActionPreference = 'Stop'",
                "$new = Get-KeyProvider | Where-Object { $_.Name -ceq \(PowerShellText.quoted(new)) }",
                "if (-not $new) { throw 'There is no such key provider.' }",
                "function Test-Old($KeyId) { $null -ne $KeyId -and \(test) }",
            ]
        )
    }

    private static func defaults(_ scope: MigrationScope?) -> Step {
        Step(
            title: "Make it the default",
            notes: [
                "What is encrypted from now on uses the new provider. Clusters and folders for which the old provider "
                    + "is a default of their own go back to the system's."
            ] + (scope.map { $0.sentence("Own defaults", $0.entitiesWithOtherDefault) } ?? []),
            warnings: [],
            commands: [
                "Set-KeyProvider -KeyProvider $new -DefaultForSystem",
                "$providers = Get-KeyProvider | Where-Object { Test-Old @{ ProviderId = @{ Id = $_.Name } } }",
                "$entities = $providers | ForEach-Object { $_.DefaultForEntity } | Where-Object { $_ }",
                "foreach ($entity in $entities) { Remove-EntityDefaultKeyProvider -Entity $entity }",
            ]
        )
    }

    private static func vSANClusters(_ scope: MigrationScope?) -> Step {
        Step(
            title: "Rekey vSAN clusters",
            notes: [
                "A change of provider is a shallow rekey: new key encryption key and host key, no data is written anew.",
                "One cluster after the other: the loop starts one and ends. When its task has ended and vSAN is healthy, "
                    + "run the loop again, until it starts none.",
                "If the check of the last step still shows the old provider: Start-VsanEncryptionConfiguration -Cluster "
                    + "$cluster -ShallowRekey.",
            ] + (scope.map { $0.sentence("Clusters", $0.clusters) } ?? []),
            warnings: [
                "Not while vSAN resynchronises, and not in a cluster that is not healthy (Test-VsanClusterHealth)."
            ],
            commands: [
                "$vsan = Get-VsanView -Id 'VsanVcClusterConfigSystem-vsan-cluster-config-system'",
                "foreach ($cluster in Get-Cluster | Where-Object { $_.VsanEnabled }) {",
                "    $encryption = $vsan.VsanClusterGetConfig($cluster.ExtensionData.MoRef).DataEncryptionConfig",
                "    if ($encryption.Changing) { throw \"$($cluster.Name) is being changed\" }",
                "    if (-not $encryption.EncryptionEnabled) { continue }",
                "    if (-not (Test-Old @{ ProviderId = $encryption.KmsProviderId })) { continue }",
                "    if (Get-VsanResyncingComponent -Cluster $cluster) { throw \"$($cluster.Name) resynchronises\" }",
                "    Start-VsanEncryptionConfiguration -Cluster $cluster -KeyProvider $new",
                "    break",
                "}",
            ]
        )
    }

    private static func hosts(_ scope: MigrationScope?) -> Step {
        Step(
            title: "Rekey hosts",
            notes: [
                "Host keys encrypt core dumps. Hosts of encrypted vSAN clusters are left out: theirs is the cluster's.",
                "Core dumps that are there already need the old key: collect those that matter first.",
            ] + (scope.map { $0.sentence("Hosts", $0.hosts) } ?? []),
            warnings: [],
            commands: [
                "foreach ($machine in Get-VMHost -State Connected) {",
                "    if (-not (Test-Old $machine.ExtensionData.Runtime.CryptoKeyId)) { continue }",
                "    $cluster = Get-Cluster -VMHost $machine",
                "    if ($cluster -and $cluster.VsanEnabled) {",
                "        $encryption = $vsan.VsanClusterGetConfig($cluster.ExtensionData.MoRef).DataEncryptionConfig",
                "        if ($encryption.EncryptionEnabled) { continue }",
                "    }",
                "    Set-VMHost -VMHost $machine -KeyProvider $new",
                "}",
            ]
        )
    }

    private static func verification(old: String?, new: String) -> Step {
        let from = old.map { " --from \(ShellText.quoted($0))" } ?? ""
        return Step(
            title: "Check",
            notes: [
                "Export the inventory once more, and let it be checked, until nothing depends on the old provider:",
                "keyferry migrate verify --inventory inventory.csv --provider \(ShellText.quoted(new))\(from)",
            ],
            warnings: [],
            commands: ["./export-inventory.ps1 -Path inventory.csv"]
        )
    }

    private static let farewell = Step(
        title: "Keep the old provider, then remove it",
        notes: [
            "Backups, replicas, unregistered VMs, exported templates and old core dumps still need the old keys, and no "
                + "inventory shows them. Keep the old provider as long as any of them may be restored.",
            "Then remove it from vCenter, restart one host as a trial, and only after that give up the old server.",
        ],
        warnings: ["Without its keys what was left behind can't be read again by anybody."],
        commands: []
    )
}

/// Text as a POSIX shell reads it.
enum ShellText {
    static func quoted(_ text: String) -> String {
        let plain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        return plain && !text.isEmpty
            ? text
            : "'"
                + text.split(separator: "'", omittingEmptySubsequences: false)
                .joined(separator: "'\\''") + "'"
    }
}
