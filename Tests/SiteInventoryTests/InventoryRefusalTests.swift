import Foundation
import SiteInventory
import Testing

@Suite("Files that are no inventory to rely on")
struct InventoryRefusalTests {
    private func refusal(_ file: [UInt8]) -> InventoryError? {
        do {
            _ = try Inventory(file: file)
            return nil
        } catch {
            return error
        }
    }

    @Test("A file that was cut short anywhere is refused")
    func cutShort() throws {
        let csv = SampleExport().csv()
        // The last line's end may be missing, and the quotation mark before it may not.
        for length in 0..<(csv.count - 2) {
            #expect(refusal(Array(csv.prefix(length))) != nil, "the first \(length) bytes")
        }
        #expect(refusal(csv.dropLast(2)) == nil)
        let json = try SampleExport().json()
        for length in 0..<json.count {
            #expect(refusal(Array(json.prefix(length)))?.code == .incomplete, "the first \(length) bytes")
        }
    }

    @Test("A file that lost records in the middle is refused")
    func lostRecords() {
        let sample = SampleExport()
        for index in sample.ended.indices {
            var rows = [SampleExport.columns] + sample.ended
            rows.remove(at: index + 1)
            #expect(refusal(Array(SampleExport.csv(rows).utf8)) != nil, "without record \(index)")
        }
    }

    @Test("Changed bytes are refused or read, and end no process")
    func changedBytes() throws {
        var random = SystemRandomNumberGenerator()
        for original in [SampleExport().csv(), try SampleExport().json()] {
            for _ in 0..<1_500 {
                var file = original
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let place = Int.random(in: file.indices, using: &random)
                    file[place] = UInt8.random(in: 0...255, using: &random)
                }
                _ = refusal(file)
            }
        }
    }

    @Test(
        "Another format is refused with what is expected",
        arguments: [
            "Name,PowerState,Host\r\nweb,PoweredOn,esx1\r\n", "[{\"Name\": \"web\"}]", "{\"items\": [1, 2]}", "[1, 2]",
            "\"text\"", "<?xml version=\"1.0\"?><a/>", "just some text", "kind: inventory\n",
            SampleExport.csv([SampleExport.columns, SampleExport.columns]),
        ]
    )
    func otherFormat(text: String) throws {
        let error = try #require(refusal(Array(text.utf8)))
        #expect(error.code == .notInventory)
        #expect(error.advice.contains("keyferry inventory export-script"))
    }

    @Test(
        "Other bytes",
        arguments: [
            ([], .incomplete), ([0x50, 0x4B, 0x03, 0x04, 0x20], .notText), ([0x41, 0x00, 0x42], .notText),
            (Array("Kind\r\n".utf8) + [0xE4] + Array("rger\r\n".utf8), .notText), ([0xFF, 0xFE, 0x41], .incomplete),
            ([0xFF, 0xFE, 0x00, 0xD8], .notText),
        ] as [([UInt8], InventoryError.Code)]
    )
    func bytes(file: [UInt8], code: InventoryError.Code) {
        #expect(refusal(file)?.code == code)
    }

    @Test("Too much, too deep, too wide")
    func sizes() {
        #expect(refusal(Array(repeating: UInt8(ascii: "["), count: 100_000))?.code == .incomplete)
        #expect(refusal(Array(repeating: UInt8(ascii: ","), count: 100_000))?.code == .malformed)
        let tooLong = [UInt8](repeating: UInt8(ascii: " "), count: Inventory.longestFile + 1)
        #expect(refusal(tooLong)?.code == .tooLarge)
    }

    @Test("Too many records")
    func records() {
        let line = String(repeating: ",", count: 10) + "\n"
        let text = SampleExport.columns.joined(separator: ",") + "\n"
        let csv = text + String(repeating: line, count: Inventory.mostRecords + 1)
        #expect(refusal(Array(csv.utf8))?.code == .tooLarge)
        let json = "[" + String(repeating: "{},", count: Inventory.mostRecords) + "{}]"
        #expect(refusal(Array(json.utf8))?.code == .tooLarge)
    }

    @Test(
        "Records that cannot be",
        arguments: [
            ("vm-3", ["VM", "x", "vm-3", "", "host-9", "", "", "", "Plain", "", ""], .incomplete),
            ("vm-3", ["VM", "x", "vm-3", "", "host-1", "Home", "new", "", "Encrypted", "", ""], .contradictory),
            ("vm-3", ["VM", "x", "vm-3", "", "host-1", "Home", "new", "k", "Plain", "", ""], .contradictory),
            ("vm-3", ["VM", "x", "vm-3", "", "host-1", "", "", "", "Encrypted", "", ""], .contradictory),
            ("vm-3", ["VM", "x", "vm-3", "", "host-1", "", "", "k", "Plain", "", ""], .contradictory),
            ("vm-3", ["VM", "x", "vm-3", "", "host-1", "Other", "new", "k", "Encrypted", "", ""], .contradictory),
            ("vm-3", ["VM", "x", "vm-3", "", "host-1", "", "", "", "Plain", "maybe", ""], .contradictory),
            ("vm-3", ["VM", "", "vm-3", "", "host-1", "", "", "", "Plain", "", ""], .contradictory),
            ("vm-3", ["Planet", "x", "vm-3", "", "", "", "", "", "Plain", "", ""], .contradictory),
            ("vm-3", ["VM", "y", "vm-2", "V-2", "host-2", "", "", "", "Plain", "", ""], .contradictory),
            ("new", ["Provider", "old", "old", "", "", "", "", "", "", "", "KeyProvider"], .contradictory),
            ("vm-3", ["VCenter", "b", "", "B-1", "", "", "", "", "", "", "8 build-1"], .contradictory),
            ("vm-3", ["Export", "keyferry-inventory", "1", "", "", "", "", "", "", "", ""], .contradictory),
        ] as [(String, [String], InventoryError.Code)]
    )
    func contradictions(id: String, record: [String], code: InventoryError.Code) {
        #expect(refusal(SampleExport().replacing(id, with: [record]).csv())?.code == code)
    }

    @Test("Another version, and a time that is none")
    func beginning() {
        var later = SampleExport()
        later.records[0][2] = "2"
        #expect(refusal(later.csv())?.code == .unsupportedFormat)
        var timeless = SampleExport()
        timeless.records[0][10] = "yesterday"
        #expect(refusal(timeless.csv())?.code == .contradictory)
        var anonymous = SampleExport()
        anonymous.records.remove(at: 1)
        #expect(refusal(anonymous.csv())?.code == .incomplete)
    }

    @Test("Places are told as people count")
    func places() {
        var rows = [SampleExport.columns] + SampleExport().ended
        rows[4].removeLast()
        #expect(refusal(Array(SampleExport.csv(rows).utf8))?.place == .line(5))
        let json = "[{\"Kind\": \"Export\"}, {\"Kind\": [1]}]"
        #expect(refusal(Array(json.utf8))?.place == .record(2))
    }
}
