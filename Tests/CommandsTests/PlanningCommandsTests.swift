import ArgumentParser
import Commands
import Foundation
import Testing

@Suite("Planning and migrating, without a server")
struct PlanningCommandsTests {
    private static let columns = "Kind,Name,Id,Uuid,Parent,Use,Provider,Key,State,ChangeTracking,Detail"
    private static let export = [
        columns, "Export,keyferry-inventory,1,,,,,,,,2026-11-24T07:00:00Z", "VCenter,vc,,A-1,,,,,,,8.0.3 build-1",
        "Provider,old,old,,,,,,,,KeyProvider", "Provider,new,new,,,,,,Default,,KeyProvider",
        "Cluster,compute,domain-c1,,,,,,Plain,,", "Host,esx1,host-1,H-1,domain-c1,Host,new,k-host,safe,,",
        "VM,\u{1B}[2Jweb,vm-1,V-1,host-1,Home,old,k-vm,Encrypted,True,poweredOn", "End,,,,,,,,,,records=7;keys=2",
    ].joined(separator: "\n")

    /// Runs a command that is given an inventory.
    private func run(
        _ arguments: [String],
        inventory: String? = export,
        option: [String] = ["--inventory"]
    ) async throws -> (code: Int32, console: RecordedConsole) {
        let console = RecordedConsole()
        let file = FileManager.default.temporaryDirectory.appending(path: "inventory-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        if let inventory { try Data(inventory.utf8).write(to: file) }
        return (await console.run(arguments + option + [file.path]), console)
    }

    @Test("plan, by numbers")
    func plan() async throws {
        let console = RecordedConsole()
        let arguments = ["--vsan-clusters", "3", "--vsphere-clusters", "2", "--encrypted-vms", "400", "--hosts", "40"]
        #expect(await console.run(["plan"] + arguments) == 0)
        #expect(
            console.output.hasPrefix(
                """
                KEYS           NUMBER  FOR
                root keys      2       one for vSAN, one for VMs
                standard keys  408     all of these:
                  of vSAN      6       3 clusters
                  of hosts     2       2 clusters with encrypted VMs
                  of VMs       400     400 encrypted VMs

                WHEN ALL HOSTS RESTART  AT MOST
                """
            )
        )
        #expect(console.output.contains("This rests on:\n  - vSAN encryption: one root key, and two keys a cluster"))
        #expect(console.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
        let json = RecordedConsole()
        #expect(await json.run(["plan", "-o", "json"] + arguments) == 0)
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(object?["standardKeys"] as? Int == 408)
        #expect((object?["restart"] as? [String: Int])?["gets"] == 482)
    }

    @Test("plan, by an inventory")
    func planByInventory() async throws {
        let (code, console) = try await run(["plan", "-o", "json"])
        #expect(code == 0)
        let object = try JSONSerialization.jsonObject(with: Data(console.output.utf8)) as? [String: Any]
        #expect(object?["standardKeys"] as? Int == 2)
    }

    @Test(
        "plan refuses what says nothing, or too much",
        arguments: [
            ([], "Give either"), (["--hosts", "3"], "Hosts alone"), (["--encrypted-vms=-1"], "from 0 to"),
            (["--encrypted-vms", "99999999"], "from 0 to"), (["--inventory", "f", "--hosts", "3"], "Give either"),
        ]
    )
    func planRefusals(arguments: [String], expected: String) async {
        let console = RecordedConsole()
        #expect(await console.run(["plan"] + arguments) == 64)
        #expect(console.errors.contains(expected))
    }

    @Test("inventory: the script, and what an export has")
    func inventory() async throws {
        let script = RecordedConsole()
        #expect(await script.run(["inventory", "export-script"]) == 0)
        #expect(script.output.contains("Export-Csv"))
        let (code, console) = try await run(["inventory", "check"], option: [])
        #expect(code == 0)
        #expect(
            console.output == """
                vc, version 8.0.3, build 1, exported 2026-11-24T07:00:00Z
                clusters: 1, hosts: 1, VMs: 1, First Class Disks: 0

                KEY PROVIDER  TYPE      DEFAULT  KEYS  USED BY
                new           standard  yes      1     1
                old           standard           1     1
                """
        )
    }

    @Test(
        "A file that is none, another one, and one cut short",
        arguments: [
            (nil, 66, "does not exist"), ("Name,State\nweb,on\n", 65, "Expected is the CSV or JSON"),
            (String(export.dropLast(40)), 65, "cut short"),
        ] as [(String?, Int32, String)]
    )
    func refusals(content: String?, expected: Int32, words: String) async throws {
        for (command, option) in [
            (["plan"], ["--inventory"]), (["inventory", "check"], []),
            (["migrate", "plan", "--provider", "new"], ["--inventory"]),
            (["migrate", "verify", "--provider", "new"], ["--inventory"]),
        ] {
            let (code, console) = try await run(command, inventory: content, option: option)
            #expect(code == expected)
            #expect(console.errors.contains(words))
            #expect(console.output.isEmpty)
        }
    }

    @Test("migrate plan: the commands, what they are about, and the warning")
    func migratePlan() async throws {
        let (code, console) = try await run(["migrate", "plan", "--provider", "new", "--from", "old"])
        #expect(code == 0)
        #expect(console.output.contains("have not been run against a vCenter"))
        #expect(console.output.contains("KB 387897"))
        #expect(console.output.contains("Running, with Changed Block Tracking (1): ?[2Jweb."))
        #expect(!console.output.contains("\u{1B}"))
        #expect(console.output.contains("      Set-KeyProvider -KeyProvider $new -DefaultForSystem"))
    }

    @Test("migrate verify: not done, and done")
    func migrateVerify() async throws {
        let arguments = ["migrate", "verify", "--provider", "new"]
        let (code, console) = try await run(arguments)
        #expect(code == 3)
        #expect(
            console.output == """
                NOT DONE. Items that use 'new' alone: 1.

                DEPENDS ON ANOTHER  NAME     ID    PROVIDER  KEYS
                VM                  ?[2Jweb  vm-1  old       1
                """
        )
        #expect(console.errors.isEmpty)
        let moved = Self.export.replacing("Home,old", with: "Home,new")
        let (done, finished) = try await run(arguments, inventory: moved)
        #expect(done == 0)
        #expect(finished.output.hasPrefix("Nothing in this inventory depends on another provider than 'new' any more"))
    }

    @Test("migrate verify holds the keys against the server's")
    func migrateVerifyKeys() async throws {
        let keys = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: keys) }
        try Data("[{\"identifier\": \"k-host\", \"state\": \"deactivated\"}]".utf8).write(to: keys)
        let moved = Self.export.replacing("Home,old", with: "Home,new")
        let (code, console) = try await run(
            ["migrate", "verify", "--provider", "new", "--keys", keys.path],
            inventory: moved
        )
        #expect(code == 3)
        #expect(console.output.contains("k-host: deactivated, used by host 'esx1'"))
        #expect(console.output.contains("k-vm: not known, used by VM '?[2Jweb'"))
        try Data("{}".utf8).write(to: keys)
        let (malformed, refused) = try await run(
            ["migrate", "verify", "--provider", "new", "--keys", keys.path],
            inventory: moved
        )
        #expect(malformed == 65)
        #expect(refused.errors.contains("'identifier' and 'state'"))
    }

    @Test("Providers that are one, or have no name", arguments: [["new", "new"], ["", "old"], ["a\u{1B}b", "old"]])
    func providers(names: [String]) async {
        let console = RecordedConsole()
        #expect(await console.run(["migrate", "plan", "--provider", names[0], "--from", names[1]]) == 64)
    }
}
