import Foundation
import SiteInventory

/// An export as the script writes it: a vSAN cluster, a cluster with encrypted VMs, two key providers.
struct SampleExport {
    static let columns = [
        "Kind", "Name", "Id", "Uuid", "Parent", "Use", "Provider", "Key", "State", "ChangeTracking", "Detail",
    ]

    /// Without the last record, which counts the others.
    var records: [[String]] = [
        ["Export", "keyferry-inventory", "1", "", "", "", "", "", "", "", "2026-11-24T07:00:00Z"],
        ["VCenter", "vc.example.com", "", "AAAA-1", "", "", "", "", "", "", "8.0.3 build-24022515"],
        ["Provider", "old", "old", "", "domain-c1", "", "", "", "", "", "KeyProvider"],
        ["Provider", "new", "new", "", "", "", "", "", "Default", "", "KeyProvider"],
        ["Provider", "native", "native", "", "", "", "", "", "", "", "NativeKeyProvider"],
        ["Cluster", "vsan", "domain-c1", "", "", "VsanKek", "old", "k-kek", "Encrypted", "", ""],
        ["Cluster", "vsan", "domain-c1", "", "", "VsanHostKey", "old", "k-hostkey", "Encrypted", "", ""],
        ["Cluster", "compute", "domain-c2", "", "", "", "", "", "Plain", "", ""],
        ["Host", "esx1", "host-1", "H-1", "domain-c1", "Host", "old", "k-hostkey", "safe", "", ""],
        ["Host", "esx2", "host-2", "H-2", "domain-c2", "Host", "new", "k-host2", "safe", "", ""],
        ["Host", "esx3", "host-3", "H-3", "", "", "", "", "incapable", "", ""],
        ["VM", "web, \"1\"", "vm-1", "V-1", "host-2", "Home", "new", "k-vm1", "Encrypted", "True", "poweredOn"],
        ["VM", "web, \"1\"", "vm-1", "V-1", "host-2", "Disk", "old", "k-disk1", "Encrypted", "True", "poweredOn"],
        ["VM", "gold\nimage", "vm-2", "V-2", "host-2", "Home", "native", "", "Encrypted", "False", "template"],
        ["VM", "Müller", "vm-3", "V-3", "host-1", "", "", "", "Plain", "", "poweredOn;snapshots"],
        ["Disk", "pvc-1", "disk-1", "", "", "Disk", "new", "k-pvc", "Encrypted", "", ""],
    ]

    var ended: [[String]] {
        let keys = records.count { !$0[7].isEmpty }
        return records + [["End", "", "", "", "", "", "", "", "", "", "records=\(records.count);keys=\(keys)"]]
    }

    func csv(separator: String = ",", lineEnd: String = "\r\n") -> [UInt8] {
        Array(Self.csv([Self.columns] + ended, separator: separator, lineEnd: lineEnd).utf8)
    }

    static func csv(_ rows: [[String]], separator: String = ",", lineEnd: String = "\r\n") -> String {
        rows.map { row in
            row.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: separator) + lineEnd
        }.joined()
    }

    func json() throws -> [UInt8] {
        let objects = ended.map { Dictionary(uniqueKeysWithValues: zip(Self.columns, $0)) }
        return try Array(JSONSerialization.data(withJSONObject: objects))
    }

    func inventory() throws -> Inventory {
        try Inventory(file: csv())
    }

    /// The same with other records in place of those of an item.
    func replacing(_ id: String, with others: [[String]] = []) -> SampleExport {
        var copy = self
        copy.records.removeAll { $0[2] == id && $0[0] != "Export" }
        copy.records += others
        return copy
    }
}

let exportTime = Date(timeIntervalSince1970: 1_795_503_600)
