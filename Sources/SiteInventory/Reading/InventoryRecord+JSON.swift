internal import FoundationEssentials

extension InventoryRecord {
    /// An array of objects; or, as Windows PowerShell writes some arrays, `{"value": […], "Count": n}`.
    static func records(ofJSON bytes: [UInt8]) throws(InventoryError) -> [InventoryRecord] {
        let document: JSONDocument
        do {
            document = try JSONDecoder().decode(JSONDocument.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw problem(error, in: bytes)
        } catch {
            throw error as? InventoryError ?? InventoryError(.malformed, "it is not valid JSON")
        }
        var records: [InventoryRecord] = []
        for (index, object) in document.objects.enumerated() {
            let place = InventoryError.Place.record(index + 1)
            let cells = try cells(of: object, at: place)
            let missing = InventoryColumn.allCases.filter { cells[$0] == nil }
            guard !InventoryColumn.isOfSomethingElse(missing: missing) else {
                throw InventoryError(
                    .notInventory,
                    at: place,
                    "an inventory's record has other properties",
                    advice: InventoryError.expected
                )
            }
            guard missing.isEmpty else {
                throw InventoryError(
                    .missingColumns,
                    at: place,
                    "there is no property \(missing.map { "'\($0.rawValue)'" }.joined(separator: ", "))"
                )
            }
            records.append(InventoryRecord(place: place, cells: cells))
        }
        if let count = document.count, count != records.count {
            throw InventoryError(.incomplete, "it says that there are \(count) records, and has \(records.count)")
        }
        return records
    }

    private static func cells(
        of object: [String: JSONCell],
        at place: InventoryError.Place
    ) throws(InventoryError) -> [InventoryColumn: String] {
        var cells: [InventoryColumn: String] = [:]
        for (name, cell) in object {
            guard let column = InventoryColumn.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() })
            else { continue }
            guard cells.updateValue(cell.text, forKey: column) == nil else {
                throw InventoryError(.contradictory, at: place, "'\(column.rawValue)' is there twice")
            }
        }
        return cells
    }

    private static func problem(_ error: DecodingError, in bytes: [UInt8]) -> InventoryError {
        switch error {
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            let isArray = bytes.first { !InventoryText.isSpace($0) } == UInt8(ascii: "[")
            guard bytes.last(where: { !InventoryText.isSpace($0) }) == UInt8(ascii: isArray ? "]" : "}") else {
                return InventoryError(.incomplete, "it is JSON that does not end: it was cut short")
            }
            return InventoryError(.malformed, "it is not valid JSON")
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
            .dataCorrupted(let context):
            // Within a record, which is within the list.
            guard context.codingPath.count > 1,
                let index = context.codingPath.first(where: { $0.intValue != nil })?.intValue
            else {
                return InventoryError(
                    .notInventory,
                    "it is JSON, but no list of records",
                    advice: InventoryError.expected
                )
            }
            return InventoryError(
                .malformed,
                at: .record(index + 1),
                "there is a value that is neither text nor number",
                advice: "Export it again; with commands of your own, give ConvertTo-Json a greater '-Depth'."
            )
        @unknown default: return InventoryError(.malformed, "it is not valid JSON")
        }
    }
}

private struct JSONDocument: Decodable {
    let objects: [[String: JSONCell]]
    let count: Int?

    private enum CodingKeys: String, CodingKey {
        case value
        case count = "Count"
    }

    init(from decoder: any Decoder) throws {
        if let list = try? decoder.unkeyedContainer() {
            objects = try Self.objects(in: list)
            count = nil
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard container.contains(.value) else {
            // One object alone: an array of one, which PowerShell takes apart.
            objects = [try decoder.singleValueContainer().decode([String: JSONCell].self)]
            count = nil
            return
        }
        objects = try Self.objects(in: try container.nestedUnkeyedContainer(forKey: .value))
        count = try container.decode(Int.self, forKey: .count)
    }

    private static func objects(in list: any UnkeyedDecodingContainer) throws -> [[String: JSONCell]] {
        var list = list
        var objects: [[String: JSONCell]] = []
        while !list.isAtEnd {
            guard objects.count < Inventory.mostRecords else { throw InventoryError.tooManyRecords }
            objects.append(try list.decode([String: JSONCell].self))
        }
        return objects
    }
}

/// A value as the text that it would be in CSV.
private struct JSONCell: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            text = ""
        } else if let string = try? container.decode(String.self) {
            text = string
        } else if let bool = try? container.decode(Bool.self) {
            text = bool ? "True" : "False"
        } else {
            text = String(try container.decode(Int.self))
        }
    }
}
