<#
.SYNOPSIS
    Writes down which VMs, hosts, clusters and disks of one vCenter Server use which keys of which key provider.

.DESCRIPTION
    For keyferry: 'plan', 'migrate plan', 'migrate verify' and 'key reclaim' take the file with --inventory.
    Nothing in vCenter is changed, and no key is in the file, only identifiers.

    It takes PowerCLI with its storage module, and a connection to one vCenter Server as a user who sees everything
    (the role Administrator at the top of the inventory, propagated). What is not seen is not in the file, and a key
    that is used by it alone looks unused.

.PARAMETER Path
    The file to write: JSON if its name ends in .json, otherwise CSV.

.EXAMPLE
    Connect-VIServer vcenter.example.com
    ./export-inventory.ps1 -Path inventory.csv
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [string]$Path
)

$ErrorActionPreference = 'Stop'
# Properties that an older vCenter does not have are read as empty.
Set-StrictMode -Off

if (@($global:DefaultVIServers).Count -ne 1) {
    throw 'Connect to one vCenter Server, and to one only, before running this script: Connect-VIServer.'
}

$records = New-Object -TypeName System.Collections.Generic.List[object]

# One record for each key that the item uses, or a single one without a key.
function Add-Item {
    param([hashtable]$Item, [object[]]$Uses)

    $seen = @{}
    if ($null -eq $Uses -or $Uses.Count -eq 0) { $Uses = @(@{}) }
    foreach ($use in $Uses) {
        $identity = '{0}|{1}|{2}' -f $use.Purpose, $use.Provider, $use.Key
        if ($seen.ContainsKey($identity)) { continue }
        $seen[$identity] = $true
        $records.Add([PSCustomObject][ordered]@{
            Kind           = [string]$Item.Kind
            Name           = [string]$Item.Name
            Id             = [string]$Item.Id
            Uuid           = [string]$Item.Uuid
            Parent         = [string]$Item.Parent
            Use            = [string]$use.Purpose
            Provider       = [string]$use.Provider
            Key            = [string]$use.Key
            State          = [string]$Item.State
            ChangeTracking = [string]$Item.ChangeTracking
            Detail         = [string]$Item.Detail
        })
    }
}

# What a CryptoKeyId says, as a use of a key.
function Get-KeyUse {
    param([string]$Purpose, $KeyId)

    if ($null -ne $KeyId) {
        @{ Purpose = $Purpose; Provider = $KeyId.ProviderId.Id; Key = $KeyId.KeyId }
    }
}

# The keys of a disk and of the disks that it is a difference to.
function Get-ChainUse {
    param([string]$Purpose, $Backing)

    while ($null -ne $Backing) {
        Get-KeyUse -Purpose $Purpose -KeyId $Backing.KeyId
        $Backing = $Backing.Parent
    }
}

function Get-ConfigurationUse {
    param($Configuration, [string]$HomePurpose, [string]$DiskPurpose)

    Get-KeyUse -Purpose $HomePurpose -KeyId $Configuration.KeyId
    Get-KeyUse -Purpose $HomePurpose -KeyId $Configuration.Tools.CustomizationKeyId
    foreach ($device in $Configuration.Hardware.Device) {
        if ($device -is [VMware.Vim.VirtualDisk]) {
            Get-ChainUse -Purpose $DiskPurpose -Backing $device.Backing
        }
    }
}

function Get-SnapshotReference {
    param($Tree)

    foreach ($node in $Tree) {
        $node.Snapshot
        Get-SnapshotReference -Tree $node.ChildSnapshotList
    }
}

function Add-Provider {
    foreach ($provider in Get-KeyProvider) {
        $state = ''
        if ($provider.DefaultForSystem) { $state = 'Default' }
        $entities = @($provider.DefaultForEntity | Where-Object { $_ } |
                ForEach-Object { $_.ExtensionData.MoRef.Value })
        Add-Item -Item @{
            Kind = 'Provider'; Name = $provider.Name; Id = $provider.Id; State = $state
            Parent = $entities -join ';'; Detail = $provider.Type
        }
    }
}

function Add-Cluster {
    $configurations = Get-VsanView -Id 'VsanVcClusterConfigSystem-vsan-cluster-config-system'
    $clusters = Get-View -ViewType ClusterComputeResource -Property @('Name', 'ConfigurationEx')
    foreach ($cluster in $clusters) {
        $state = 'Plain'
        $uses = @()
        if ($cluster.ConfigurationEx.VsanConfigInfo.Enabled) {
            try {
                $encryption = $configurations.VsanClusterGetConfig($cluster.MoRef).DataEncryptionConfig
                if ($encryption.EncryptionEnabled -or $encryption.Changing) {
                    $provider = $encryption.KmsProviderId.Id
                    if ($encryption.KekId) {
                        $uses += @{ Purpose = 'VsanKek'; Provider = $provider; Key = $encryption.KekId }
                    }
                    if ($encryption.HostKeyId) {
                        $uses += @{ Purpose = 'VsanHostKey'; Provider = $provider; Key = $encryption.HostKeyId }
                    }
                    $state = 'Encrypted'
                    if ($uses.Count -lt 2) { $state = 'Unreadable' }
                    if ($encryption.Changing) { $state = 'Changing' }
                }
            } catch {
                Write-Warning "Cluster $($cluster.Name): $_"
                $state = 'Unreadable'
                $uses = @()
            }
        }
        Add-Item -Uses $uses -Item @{
            Kind = 'Cluster'; Name = $cluster.Name; Id = $cluster.MoRef.Value; State = $state
        }
    }
}

function Add-Host {
    $machines = Get-View -ViewType HostSystem -Property @('Name', 'Parent', 'Hardware.SystemInfo', 'Runtime')
    foreach ($machine in $machines) {
        $parent = ''
        if ($machine.Parent.Type -eq 'ClusterComputeResource') { $parent = $machine.Parent.Value }
        $state = $machine.Runtime.CryptoState
        if ([string]$machine.Runtime.ConnectionState -ne 'connected') { $state = 'Unreadable' }
        Add-Item -Uses @(Get-KeyUse -Purpose 'Host' -KeyId $machine.Runtime.CryptoKeyId) -Item @{
            Kind = 'Host'; Name = $machine.Name; Id = $machine.MoRef.Value
            Uuid = $machine.Hardware.SystemInfo.Uuid; Parent = $parent; State = $state
        }
    }
}

function Add-VirtualMachine {
    $properties = 'Name', 'Runtime', 'Snapshot', 'Config.InstanceUuid', 'Config.Template', 'Config.KeyId',
        'Config.Tools', 'Config.ChangeTrackingEnabled', 'Config.Hardware.Device'
    $machines = Get-View -ViewType VirtualMachine -Property $properties
    foreach ($vm in $machines) {
        $isReadable = [string]$vm.Runtime.ConnectionState -eq 'connected' -and
            [string]$vm.Runtime.CryptoState -ne 'locked' -and $null -ne $vm.Config.InstanceUuid
        $flags = @()
        if ([string]$vm.Runtime.PowerState -eq 'poweredOn') { $flags += 'poweredOn' }
        if ($vm.Config.Template) { $flags += 'template' }
        $uses = @(Get-ConfigurationUse -Configuration $vm.Config -HomePurpose 'Home' -DiskPurpose 'Disk')
        if ($null -ne $vm.Snapshot) {
            $flags += 'snapshots'
            foreach ($reference in Get-SnapshotReference -Tree $vm.Snapshot.RootSnapshotList) {
                try {
                    $configuration = (Get-View -Id $reference -Property Config).Config
                    if ($null -eq $configuration) { $isReadable = $false }
                    $uses += @(Get-ConfigurationUse -Configuration $configuration `
                            -HomePurpose 'Snapshot' -DiskPurpose 'Snapshot')
                } catch {
                    Write-Warning "Snapshots of $($vm.Name): $_"
                    $isReadable = $false
                }
            }
        }
        $state = 'Plain'
        if ($uses.Count -gt 0) { $state = 'Encrypted' }
        if (-not $isReadable) { $state = 'Unreadable' }
        Add-Item -Uses $uses -Item @{
            Kind = 'VM'; Name = $vm.Name; Id = $vm.MoRef.Value; Uuid = $vm.Config.InstanceUuid
            Parent = $vm.Runtime.Host.Value; State = $state
            ChangeTracking = $vm.Config.ChangeTrackingEnabled; Detail = $flags -join ';'
        }
    }
}

# First Class Disks, which may belong to no VM.
function Add-Disk {
    try {
        foreach ($disk in Get-VDisk) {
            $uses = @(Get-ChainUse -Purpose 'Disk' -Backing $disk.ExtensionData.Config.Backing)
            $state = 'Plain'
            if ($uses.Count -gt 0) { $state = 'Encrypted' }
            Add-Item -Uses $uses -Item @{ Kind = 'Disk'; Name = $disk.Name; Id = $disk.Id; State = $state }
        }
    } catch {
        Write-Warning "First Class Disks: $_"
        Add-Item -Item @{ Kind = 'Disk'; Name = 'First Class Disks'; Id = 'first-class-disks'; State = 'Unreadable' }
    }
}

$service = Get-View ServiceInstance
$about = $service.Content.About
$time = $service.CurrentTime().ToUniversalTime().ToString(
    "yyyy-MM-dd'T'HH:mm:ss'Z'", [System.Globalization.CultureInfo]::InvariantCulture)
Add-Item -Item @{ Kind = 'Export'; Name = 'keyferry-inventory'; Id = '1'; Detail = $time }
Add-Item -Item @{
    Kind = 'VCenter'; Name = $global:DefaultVIServers[0].Name; Uuid = $about.InstanceUuid
    Detail = "$($about.Version) build-$($about.Build)"
}
Add-Provider
Add-Cluster
Add-Host
Add-VirtualMachine
Add-Disk

# How much there was, so that a file that was cut short is noticed.
$keys = @($records | Where-Object { $_.Key }).Count
Add-Item -Item @{ Kind = 'End'; Detail = "records=$($records.Count);keys=$keys" }

if ($Path -like '*.json') {
    ConvertTo-Json -InputObject $records.ToArray() -Depth 2 | Out-File -FilePath $Path -Encoding utf8
} else {
    $records | Export-Csv -Path $Path -NoTypeInformation -Encoding UTF8
}
$unclear = @($records | Where-Object { $_.State -eq 'Unreadable' -or $_.State -eq 'Changing' }).Count
Write-Host "$($records.Count) records, $keys of them with a key, in $Path"
if ($unclear -gt 0) {
    Write-Warning "$unclear of them could not be read in full: their State is Unreadable or Changing."
}
