import SiteInventory
import Testing

@Suite("How many keys a site takes")
struct KeyPlanTests {
    @Test("By the numbers")
    func numbers() {
        let plan = KeyPlan(SiteSize(vSANClusters: 3, vSphereClusters: 2, encryptedVMs: 400, hosts: 40))
        #expect(plan.rootKeys == 2)
        #expect(plan.vSANKeys == 6 && plan.hostKeys == 2 && plan.virtualMachineKeys == 400)
        #expect(plan.standardKeys == 408)
        #expect(plan.restart.gets == 2 * 40 + 2 + 400)
        #expect(plan.restart.handshakes == 482 && plan.restart.requests == 3 * 482)
        #expect(plan.restart.rate(within: 60) == 9)
    }

    @Test(
        "Without hosts, the most that there can be; without vSAN, none",
        arguments: [
            (1, 0, 0, nil, 1, 2, 128), (0, 1, 0, nil, 1, 1, 1), (0, 0, 5, nil, 1, 5, 5), (0, 0, 0, nil, 0, 0, 0),
            (0, 2, 5, 30, 1, 7, 7), (1, 0, 0, 1_000, 1, 2, 128),
        ] as [(Int, Int, Int, Int?, Int, Int, Int)]
    )
    func edges(vSAN: Int, vSphere: Int, machines: Int, hosts: Int?, roots: Int, keys: Int, gets: Int) {
        let size = SiteSize(vSANClusters: vSAN, vSphereClusters: vSphere, encryptedVMs: machines, hosts: hosts)
        let plan = KeyPlan(size)
        #expect(plan.rootKeys == roots)
        #expect(plan.standardKeys == keys)
        #expect(plan.restart.gets == gets)
        #expect(plan.assumptions.contains { $0.contains("--hosts") } == (vSAN > 0 && hosts == nil))
    }

    @Test("From an inventory")
    func inventory() throws {
        let size = SiteSize(try SampleExport().inventory())
        #expect(size.vSANClusters == 1)
        #expect(size.vSphereClusters == 1)
        #expect(size.encryptedVMs == 2)
        #expect(size.vSANHosts == 1 && size.otherHosts == 2)
    }

    @Test("The largest numbers that are taken do not overflow")
    func largest() {
        let size = SiteSize(
            vSANClusters: SiteSize.most,
            vSphereClusters: SiteSize.most,
            encryptedVMs: SiteSize.most,
            hosts: nil
        )
        #expect(KeyPlan(size).restart.requests > 0)
    }
}

@Suite("Moving from another key provider")
struct MigrationTests {
    private func check(_ sample: SampleExport = SampleExport(), from old: String?, keys: KeyRoster? = nil) throws
        -> MigrationCheck
    {
        MigrationCheck(try sample.inventory(), from: old, to: "new", keys: keys)
    }

    @Test("What still depends on the old one")
    func remaining() throws {
        let check = try check(from: "old")
        #expect(check.remaining.map(\.item.id) == ["domain-c1", "host-1", "vm-1"])
        #expect(check.remaining.last?.uses.map(\.key) == ["k-disk1"])
        #expect(check.otherDefaults == ["old": ["domain-c1"]])
        #expect(check.moved == 2)
        #expect(!check.isComplete)
        #expect(try self.check(from: nil).remaining.map(\.item.id) == ["domain-c1", "host-1", "vm-1", "vm-2"])
    }

    private var moved: SampleExport {
        var sample = SampleExport()
        for index in sample.records.indices {
            if sample.records[index][6] == "old" { sample.records[index][6] = "new" }
            if sample.records[index][2] == "old" { sample.records[index][4] = "" }
        }
        return sample
    }

    @Test("Nothing does any more; whatever is not as it should be keeps it from being complete")
    func complete() throws {
        #expect(try check(moved, from: "old").isComplete)
        #expect(try !check(moved, from: nil).isComplete)
        let unclear = moved.replacing(
            "vm-3",
            with: [["VM", "lost", "vm-3", "", "host-1", "", "", "", "Unreadable", "", ""]]
        )
        #expect(try !check(unclear, from: "old").isComplete)
        var otherDefault = moved
        otherDefault.records[3][8] = ""
        #expect(try !check(otherDefault, from: "old").isComplete)
        #expect(try !check(moved.replacing("new"), from: "old").providerExists)
    }

    @Test("Keys of the new provider are held against the new server's")
    func roster() throws {
        let all = ["k-kek", "k-hostkey", "K-HOST2", "k-vm1", "k-disk1", "k-pvc"].map { ($0, "active") }
        #expect(try check(moved, from: "old", keys: KeyRoster(all)).isComplete)
        let some = KeyRoster(all.dropLast() + [("k-vm1", "active")])
        let missing = try check(moved, from: "old", keys: some).missingKeys
        #expect(missing?.map(\.identifier) == ["k-pvc"])
        #expect(missing?.first?.state == nil)
        let dead = KeyRoster(all.dropFirst() + [("k-kek", "deactivated")])
        #expect(try check(moved, from: "old", keys: dead).missingKeys?.map(\.state) == ["deactivated"])
        let json = "[{\"identifier\": \"a\", \"state\": \"active\", \"more\": [1]}]"
        #expect(try KeyRoster(json: Array(json.utf8)).state(of: "A") == "active")
        for other in ["", "{}", "[1]", "[{\"identifier\": \"a\"}]"] {
            #expect(throws: InventoryError.self) { try KeyRoster(json: Array(other.utf8)) }
        }
    }

    @Test("The guide names what is to be done, and warns of VMs that may be powered off")
    func guide() throws {
        let guide = MigrationGuide(from: "old", to: "new", inventory: try SampleExport().inventory())
        let text = guide.steps.flatMap { [$0.title] + $0.notes + $0.warnings + $0.commands }.joined(separator: "\n")
        #expect(text.contains("KB 387897"))
        #expect(text.contains("Running, with Changed Block Tracking (1): web, \"1\"."))
        #expect(text.contains("Clusters (1): vsan."))
        #expect(!text.contains("Hosts (1)"), "its key is the vSAN cluster's")
        #expect(text.contains("keyferry migrate verify --inventory inventory.csv --provider new --from old"))
        let cmdlets = [
            "Get-KeyProvider", "Set-KeyProvider -KeyProvider $new -DefaultForSystem", "Remove-EntityDefaultKeyProvider",
            "Start-VsanEncryptionConfiguration", "Set-VM -VM $machine.VM -KeyProvider $new", "-SkipHardDisks",
            "Set-VMHost -VMHost $machine -KeyProvider $new", "Set-Template",
        ]
        for cmdlet in cmdlets { #expect(text.contains(cmdlet), "\(cmdlet)") }
    }

    @Test("Names are quoted as PowerShell and the shell need it")
    func quoting() {
        let guide = MigrationGuide(from: "o'l\u{2019}d", to: "$(new) it's")
        let commands = guide.steps.flatMap(\.commands).joined(separator: "\n")
        #expect(commands.contains("-ceq 'o''l\u{2019}\u{2019}d'"))
        #expect(commands.contains("-ceq '$(new) it''s'"))
        let notes = guide.steps.flatMap(\.notes).joined(separator: "\n")
        #expect(notes.contains("--provider '$(new) it'\\''s' --from 'o'\\''l\u{2019}d'"))
    }
}
