import Foundation
import SiteInventory
import Testing

@Suite("Reading an inventory")
struct InventoryReadingTests {
    @Test("What the script writes is read in full")
    func content() throws {
        let inventory = try SampleExport().inventory()
        #expect(inventory.vCenter.name == "vc.example.com")
        #expect(inventory.vCenter.instanceUUID == "aaaa-1")
        #expect(inventory.vCenter.build == "24022515")
        #expect(inventory.exportedAt == exportTime)
        #expect(inventory.providers.map(\.name) == ["old", "new", "native"])
        #expect(inventory.provider("native")?.kind == .native)
        #expect(inventory.provider("new")?.isSystemDefault == true)
        #expect(inventory.provider("old")?.isDefaultOf == ["domain-c1"])
        #expect(inventory.items(.host).map(\.name) == ["esx1", "esx2", "esx3"])
        #expect(inventory.items(.virtualMachine).map(\.name) == ["web, \"1\"", "gold\nimage", "Müller"])
        let machine = try #require(inventory.items.first { $0.id == "vm-1" })
        #expect(machine.uses.map(\.key) == ["k-vm1", "k-disk1"])
        #expect(machine.uses.map(\.provider) == ["new", "old"])
        #expect(machine.uuid == "v-1")
        #expect(machine.tracksChangedBlocks == true)
        #expect(machine.flags == ["poweredOn"])
        #expect(inventory.uncertainItems.isEmpty)
    }

    @Test("The same in every form that PowerShell and spreadsheets write")
    func forms() throws {
        let sample = SampleExport()
        let expected = try sample.inventory()
        #expect(try Inventory(file: sample.csv(separator: ";", lineEnd: "\n")) == expected)
        #expect(try Inventory(file: sample.csv(separator: "\t")) == expected)
        #expect(try Inventory(file: [0xEF, 0xBB, 0xBF] + sample.csv()) == expected)
        #expect(try Inventory(file: Array("#TYPE System.Object\r\n".utf8) + sample.csv()) == expected)
        #expect(try Inventory(file: sample.csv() + Array("\r\n".utf8)) == expected)
        let units = String(decoding: sample.csv(), as: UTF8.self).utf16
        #expect(try Inventory(file: [0xFF, 0xFE] + units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }) == expected)
        #expect(try Inventory(file: [0xFE, 0xFF] + units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }) == expected)

        let json = try sample.json()
        #expect(try Inventory(file: json) == expected)
        let wrapped = Array("{\"value\": ".utf8) + json + Array(", \"Count\": \(sample.ended.count)}".utf8)
        #expect(try Inventory(file: wrapped) == expected)
    }

    @Test("Other columns are left aside, in any order")
    func otherColumns() throws {
        let rows = [SampleExport.columns.reversed() + ["Notes"]] + SampleExport().ended.map { $0.reversed() + ["x"] }
        #expect(try Inventory(file: Array(SampleExport.csv(rows).utf8)) == SampleExport().inventory())
    }

    @Test("What vCenter could not read is there, and uncertain", arguments: ["Unreadable", "Changing"])
    func uncertain(state: String) throws {
        let sample = SampleExport().replacing(
            "vm-3",
            with: [["VM", "lost", "vm-3", "", "host-1", "", "", "", state, "", ""]]
        )
        #expect(try sample.inventory().uncertainItems.map(\.id) == ["vm-3"])
    }

    @Test("The script writes what is read, and changes nothing")
    func script() {
        let script = Inventory.exportScript
        var rest = script[...]
        for column in SampleExport.columns {
            guard let range = rest.firstRange(of: "\n            \(column) ") else {
                Issue.record("\(column) is not written, or not in its place")
                continue
            }
            rest = rest[range.upperBound...]
        }
        let kinds = ["Export", "VCenter", "Provider", "End"] + InventoryItem.Kind.allCases.map(\.rawValue)
        let purposes = KeyUse.Purpose.allCases.map(\.rawValue)
        for word in kinds + purposes + ["keyferry-inventory", "Unreadable", "Changing", "poweredOn", "template"] {
            #expect(script.contains("'\(word)'"), "\(word)")
        }
        let verbs = script.matches(of: /\b([A-Z][a-z]+)-[A-Z]\w+/).map { String($0.1) }
        let harmless: Set = [
            "Get", "Add", "New", "Set", "Where", "ForEach", "Write", "Connect", "Export", "ConvertTo", "Out",
        ]
        #expect(Set(verbs).subtracting(harmless) == [])
        #expect(script.matches(of: /\bSet-\w+/).map { String($0.0) } == ["Set-StrictMode"])
    }
}
