extension Inventory {
    /// The PowerCLI script that makes the files that `init(file:)` reads.
    package static var exportScript: String {
        String(decoding: PackageResources.export_inventory_ps1, as: UTF8.self)
    }
}
