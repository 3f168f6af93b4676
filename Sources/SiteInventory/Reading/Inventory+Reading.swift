internal import FoundationEssentials

extension Inventory {
    /// The largest vCenter's inventory is a fraction of that.
    package static let longestFile = 64 << 20

    /// Ten for each VM of the largest vCenter.
    package static let mostRecords = 500_000

    /// Reads an export, CSV or JSON.
    ///
    /// Nothing is read as less than it was: the export ends with a count of its records and of its keys, every item that
    /// another one names must be there, and whatever is not understood is an error.
    ///
    /// - Parameter file: the whole file; one byte more than `longestFile` tells that there is more.
    package init(file: [UInt8]) throws(InventoryError) {
        guard file.count <= Self.longestFile else {
            throw InventoryError(.tooLarge, "it is larger than \(Self.longestFile >> 20) MiB, which no inventory is")
        }
        let text = try InventoryText(file)
        if text.bytes.first(where: { !InventoryText.isSpace($0) }) == UInt8(ascii: "<") {
            throw InventoryError(.notInventory, "it is XML or a web page", advice: InventoryError.expected)
        }
        let records =
            text.isJSON
            ? try InventoryRecord.records(ofJSON: text.bytes) : try InventoryRecord.records(ofCSV: text.bytes)
        var reader = InventoryReader()
        self = try reader.read(records)
    }
}

/// Puts records together, and finds what does not fit.
struct InventoryReader {
    private var vCenter: VCenter?
    private var providers: [KeyProvider] = []
    private var providerNames: Set<String> = []
    private var items: [InventoryItem] = []
    private var places: [InventoryError.Place] = []
    private var indices: [InventoryReference: Int] = [:]

    mutating func read(_ records: [InventoryRecord]) throws(InventoryError) -> Inventory {
        guard let first = records.first else { throw InventoryError(.incomplete, "there are no records") }
        let exportedAt = try Self.beginning(first)
        guard let last = records.last, last[.kind] == "End" else {
            throw InventoryError(.incomplete, "the last record, 'End', is missing: the file was cut short")
        }
        let content = records.dropLast()
        try Self.checkCounts(last, of: content)
        for record in content.dropFirst() { try add(record) }
        guard let vCenter else { throw InventoryError(.incomplete, "there is no record of the vCenter") }
        try checkUses()
        try checkParents()
        return Inventory(vCenter: vCenter, exportedAt: exportedAt, providers: providers, items: items)
    }

    private static func beginning(_ record: InventoryRecord) throws(InventoryError) -> Date {
        guard record[.kind] == "Export", record[.name] == "keyferry-inventory" else {
            throw InventoryError(
                .notInventory,
                at: record.place,
                "the first record is not that of an export for keyferry",
                advice: InventoryError.expected
            )
        }
        guard record[.id] == "1" else {
            throw InventoryError(
                .unsupportedFormat,
                at: record.place,
                "the export is of format '\(record[.id])', and this program reads format 1"
            )
        }
        guard let date = try? Date(record[.detail], strategy: .iso8601) else {
            throw InventoryError(.contradictory, at: record.place, "'\(record[.detail])' is no time")
        }
        return date
    }

    /// `records=120;keys=45`, where the last record itself does not count.
    private static func checkCounts(
        _ end: InventoryRecord,
        of content: ArraySlice<InventoryRecord>
    ) throws(InventoryError) {
        guard let match = end[.detail].wholeMatch(of: /records=(\d+);keys=(\d+)/) else {
            throw InventoryError(.contradictory, at: end.place, "'\(end[.detail])' is not how an export ends")
        }
        let keys = content.count { !$0[.key].isEmpty }
        guard Int(match.1) == content.count else {
            throw InventoryError(
                .incomplete,
                at: end.place,
                "the export had \(match.1) records, and \(content.count) are in the file"
            )
        }
        guard Int(match.2) == keys else {
            throw InventoryError(
                .incomplete,
                at: end.place,
                "the export had \(match.2) records with a key, and \(keys) are in the file"
            )
        }
    }

    private mutating func add(_ record: InventoryRecord) throws(InventoryError) {
        switch record[.kind] {
        case "VCenter": try addVCenter(record)
        case "Provider": try addProvider(record)
        case "Export", "End":
            throw InventoryError(
                .contradictory,
                at: record.place,
                "'\(record[.kind])' within the file: are these several exports in one?",
                advice: "Give each export as a file of its own."
            )
        case let kind:
            guard let kind = InventoryItem.Kind(rawValue: kind) else {
                throw InventoryError(.contradictory, at: record.place, "there is no kind '\(kind)' of record")
            }
            try addItem(record, kind: kind)
        }
    }

    private mutating func addVCenter(_ record: InventoryRecord) throws(InventoryError) {
        guard vCenter == nil else {
            throw InventoryError(.contradictory, at: record.place, "there is a second vCenter")
        }
        let product = record[.detail].split(separator: " build-", maxSplits: 1)
        guard !record[.name].isEmpty, !record[.uuid].isEmpty, product.count == 2 else {
            throw InventoryError(.contradictory, at: record.place, "the vCenter has no name, UUID, version or build")
        }
        vCenter = VCenter(
            name: record[.name],
            instanceUUID: record[.uuid].lowercased(),
            version: String(product[0]),
            build: String(product[1])
        )
    }

    private mutating func addProvider(_ record: InventoryRecord) throws(InventoryError) {
        let name = record[.name]
        guard !name.isEmpty, providerNames.insert(name).inserted else {
            throw InventoryError(.contradictory, at: record.place, "a key provider without a name, or twice the same")
        }
        providers.append(
            KeyProvider(
                name: name,
                kind: KeyProvider.Kind(rawValue: record[.detail]) ?? .unknown,
                isSystemDefault: record[.state] == "Default",
                isDefaultOf: record[.parent].split(separator: ";").map(String.init)
            )
        )
    }

    private mutating func addItem(_ record: InventoryRecord, kind: InventoryItem.Kind) throws(InventoryError) {
        var item = InventoryItem(
            kind: kind,
            name: record[.name],
            id: record[.id],
            uuid: record[.uuid].lowercased(),
            parent: record[.parent],
            state: record[.state],
            tracksChangedBlocks: try Self.truth(record),
            flags: Set(record[.detail].split(separator: ";").map(String.init)),
            uses: []
        )
        guard !item.name.isEmpty, !item.id.isEmpty else {
            throw InventoryError(.contradictory, at: record.place, "a \(kind.noun) without name or identifier")
        }
        let use = try Self.use(record)
        let reference = InventoryReference(kind: kind, id: item.id)
        if let index = indices[reference] {
            let known = items[index]
            item.uses = known.uses
            guard item == known else {
                throw InventoryError(
                    .contradictory,
                    at: record.place,
                    "'\(item.id)' is described in another way than before"
                )
            }
            if let use { items[index].uses.append(use) }
            return
        }
        if let use { item.uses = [use] }
        indices[reference] = items.count
        items.append(item)
        places.append(record.place)
    }

    private static func use(_ record: InventoryRecord) throws(InventoryError) -> KeyUse? {
        guard !record[.use].isEmpty else {
            guard record[.key].isEmpty, record[.provider].isEmpty else {
                throw InventoryError(.contradictory, at: record.place, "there is a key without a use")
            }
            return nil
        }
        guard let purpose = KeyUse.Purpose(rawValue: record[.use]) else {
            throw InventoryError(.contradictory, at: record.place, "there is no use '\(record[.use])' of a key")
        }
        return KeyUse(purpose: purpose, provider: record[.provider], key: record[.key])
    }

    private static func truth(_ record: InventoryRecord) throws(InventoryError) -> Bool? {
        switch record[.changeTracking].lowercased() {
        case "": return nil
        case "true": return true
        case "false": return false
        case let other:
            throw InventoryError(.contradictory, at: record.place, "'\(other)' is neither True nor False")
        }
    }

    /// A KMIP server's key has an identifier; who says to be encrypted uses a key, and who does not uses none.
    private func checkUses() throws(InventoryError) {
        let withIdentifiers = Set(providers.filter { $0.kind == .standard }.map(\.name)).union([""])
        for (item, place) in zip(items, places) {
            if item.uses.contains(where: { $0.key.isEmpty && withIdentifiers.contains($0.provider) }) {
                throw InventoryError(
                    .contradictory,
                    at: place,
                    "\(item.kind.noun) '\(item.name)' uses a key without identifier"
                )
            }
            let fits =
                switch item.state {
                case "Encrypted": item.isEncrypted
                case "Plain": !item.isEncrypted
                case InventoryItem.unreadable, InventoryItem.changing: true
                default: item.kind == .host
                }
            guard fits else {
                throw InventoryError(
                    .contradictory,
                    at: place,
                    "\(item.kind.noun) '\(item.name)' is '\(item.state)' and has \(item.uses.count) keys"
                )
            }
        }
    }

    /// Who may see a VM and not its host may not see other VMs either.
    private func checkParents() throws(InventoryError) {
        let kinds: [InventoryItem.Kind: InventoryItem.Kind] = [.virtualMachine: .host, .host: .cluster]
        for (item, place) in zip(items, places) where !item.parent.isEmpty {
            guard let kind = kinds[item.kind], indices[InventoryReference(kind: kind, id: item.parent)] != nil else {
                throw InventoryError(
                    .incomplete,
                    at: place,
                    "\(item.kind.noun) '\(item.name)' is in '\(item.parent)', which is not in the file",
                    advice: "Export it as an administrator, who sees everything, and change nothing in the file."
                )
            }
        }
    }
}

private struct InventoryReference: Hashable {
    let kind: InventoryItem.Kind
    let id: String
}
