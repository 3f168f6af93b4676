internal import SiteInventory

/// Inventory files that commands are given.
enum InventoryFile {
    static func read(_ path: String) throws(CommandFailure) -> Inventory {
        let bytes = try InputFile.bytes(path, upTo: Inventory.longestFile)
        do {
            return try Inventory(file: bytes)
        } catch {
            throw failure(error, path)
        }
    }

    static func keys(_ path: String) throws(CommandFailure) -> KeyRoster {
        let bytes = try InputFile.bytes(path, upTo: Inventory.longestFile)
        do {
            return try KeyRoster(json: bytes)
        } catch {
            throw failure(error, path)
        }
    }

    private static func failure(_ error: InventoryError, _ path: String) -> CommandFailure {
        CommandFailure(.badInput, "\(printable(path)): \(printable(error.description))", advice: error.advice)
    }
}
