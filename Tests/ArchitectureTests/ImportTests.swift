import Testing

@Suite struct ImportTests {
    private let tree: SourceTree

    init() throws {
        tree = try SourceTree()
    }

    /// A module that has no row was never thought about; a row without a module hides the next one of that name.
    @Test func everyModuleHasItsRowAndNoRowIsLeftOver() {
        let rows = Set(ImportTable.allowed.keys).union(ImportTable.programs).union(ImportTable.wrappers.keys)
        #expect(tree.modules.subtracting(rows) == [])
        #expect(rows.subtracting(tree.modules) == [])
    }

    @Test func modulesImportWhatTheirRowAllows() {
        for (module, allowed) in ImportTable.allowed {
            let ours = tree.imports(of: module).intersection(tree.modules).subtracting([module])
            #expect(ours.subtracting(allowed) == [], "\(module) imports what its row does not allow")
        }
    }

    @Test func pureModulesImportNothingElse() {
        for (module, allowed) in ImportTable.pure {
            #expect(tree.imports(of: module).subtracting(allowed) == [], "\(module) is to be pure")
        }
    }

    @Test func eachCModuleHasOneImporter() {
        for (module, importer) in ImportTable.wrappers {
            let importers = tree.modules.filter { tree.imports(of: $0).contains(module) }
            #expect(importers == [importer])
        }
    }

    @Test func cModulesHaveNoSwift() {
        for module in ImportTable.wrappers.keys {
            #expect(!tree.swiftFiles.contains { $0.module == module })
        }
    }

    @Test func programsLinkNothingBeyondTheirBoundary() throws {
        for (program, excluded) in ImportTable.mustNotLink {
            let linked = tree.closure(of: program)
            try #require(!linked.isEmpty, "\(program) has no sources")
            #expect(linked.intersection(excluded) == [], "\(program) links what is beyond its boundary")
        }
    }

    @Test func onlyTheSystemsCryptographyIsUsed() {
        for module in tree.modules {
            #expect(tree.imports(of: module).intersection(ImportTable.bannedLibraries) == [], "in \(module)")
        }
    }
}
