extension MigrationGuide {
    static func virtualMachines(_ scope: MigrationScope?) -> Step {
        Step(
            title: "Rekey VMs",
            notes: [
                "A shallow rekey: new key encryption keys, no data is written anew. It works while a VM runs, with the "
                    + "exceptions below.",
                "VMs whose disks are not encrypted (a virtual TPM alone) are rekeyed with -SkipHardDisks.",
                "Look at what $machines holds before the loop, and begin with a few that do not matter.",
                "With snapshots it works on a single chain only; with IDE disks only while the VM is off; with linked "
                    + "clones not at all: those have to be decrypted and encrypted, or cloned in full.",
            ] + (scope.map { $0.sentence("VMs", $0.machines) + $0.sentence("With snapshots", $0.withSnapshots) } ?? []),
            warnings: [
                "A running VM with Changed Block Tracking may be powered off by a shallow rekey (Broadcom KB 387897). The "
                    + "loop leaves such VMs out: rekey them while they are off, in a maintenance window, after reading "
                    + "the article for your release."
            ] + (scope.map { $0.sentence("Running, with Changed Block Tracking", $0.atRisk) } ?? []),
            commands: [
                "$machines = foreach ($vm in Get-VM) {",
                "    $configuration = $vm.ExtensionData.Config",
                "    $disks = @($configuration.Hardware.Device | "
                    + "Where-Object { $_ -is [VMware.Vim.VirtualDisk] -and $_.Backing.KeyId })",
                "    $stale = @(@($configuration.KeyId) + @($disks | ForEach-Object { $_.Backing.KeyId }) | "
                    + "Where-Object { Test-Old $_ })",
                "    if ($stale.Count -eq 0) { continue }",
                "    [PSCustomObject]@{ VM = $vm; HasDisks = $disks.Count -gt 0; "
                    + "AtRisk = $configuration.ChangeTrackingEnabled -and $vm.PowerState -ne 'PoweredOff' }",
                "}",
                "$machines | Format-Table",
                "$machines | Where-Object { $_.AtRisk } | ForEach-Object { Write-Warning \"Left out: $($_.VM.Name)\" }",
                "foreach ($machine in $machines | Where-Object { -not $_.AtRisk }) {",
                "    if ($machine.HasDisks) { Set-VM -VM $machine.VM -KeyProvider $new -Confirm:$false }",
                "    else { Set-VM -VM $machine.VM -KeyProvider $new -SkipHardDisks -Confirm:$false }",
                "}",
            ]
        )
    }

    static func templatesAndDisks(_ scope: MigrationScope?) -> Step {
        Step(
            title: "Rekey templates and First Class Disks",
            notes: [
                "A template is made a VM, rekeyed, and made a template again.",
                "First Class Disks (container volumes, for example) are encrypted anew by their storage policy, in the "
                    + "vSphere Client or by whoever manages them. There is no cmdlet for it here.",
            ]
                + (scope.map { $0.sentence("Templates", $0.templates) + $0.sentence("Disks", $0.disks) } ?? []),
            warnings: [],
            commands: [
                "foreach ($template in Get-Template) {",
                "    if (-not (Test-Old $template.ExtensionData.Config.KeyId)) { continue }",
                "    $vm = Set-Template -Template $template -ToVM",
                "    $disks = @($template.ExtensionData.Config.Hardware.Device | "
                    + "Where-Object { $_ -is [VMware.Vim.VirtualDisk] -and $_.Backing.KeyId })",
                "    if ($disks.Count -gt 0) { Set-VM -VM $vm -KeyProvider $new -Confirm:$false }",
                "    else { Set-VM -VM $vm -KeyProvider $new -SkipHardDisks -Confirm:$false }",
                "    Set-VM -VM $vm -ToTemplate -Confirm:$false",
                "}",
            ]
        )
    }
}
