import Testing

@Suite struct ShapeTests {
    private let tree: SourceTree

    init() throws {
        tree = try SourceTree()
    }

    @Test func noFileIsLongerThan600Lines() {
        let long = tree.handwritten.filter { $0.lines.count > 601 }.map { "\($0.path): \($0.lines.count)" }
        #expect(long == [])
    }

    /// Executables assemble; libraries decide.
    @Test func programsAreShort() {
        for program in ImportTable.programs {
            let lines = tree.swiftFiles.filter { $0.module == program }.map(\.lines.count).reduce(0, +)
            #expect((1...60).contains(lines), "\(program) has \(lines) lines")
        }
    }

    /// Names that say nothing about what is inside, and so gather everything.
    @Test func noFolderFileOrTypeHasANameWithoutMeaning() {
        let banned: Set<Substring> = [
            "Common", "Core", "Utils", "Extras", "Helpers", "Shared", "Manager", "Misc", "New",
        ]
        for file in tree.handwritten {
            let folders = Set(file.path.split(separator: "/"))
            #expect(folders.intersection(banned) == [], "\(file.path)")
            for line in file.lines {
                guard let name = line.firstMatch(of: Self.typeLine)?.1 else { continue }
                let isBanned = banned.contains(name) || ["Manager", "Helper", "Utils"].contains { name.hasSuffix($0) }
                #expect(!isBanned, "\(file.path): \(name)")
                #expect(name != file.module, "\(file.path): a type named like its module cannot be qualified")
            }
        }
    }

    /// What ends the process at run time, where an error should have been thrown.
    @Test func nothingIsForced() {
        let banned = ["try!", "as!", "fatalError("]
        for file in tree.handwritten {
            for (number, line) in file.lines.enumerated() where !line.contains(/^\s*\/\//) {
                for word in banned {
                    #expect(!line.contains(word), "\(file.path):\(number + 1)")
                }
            }
        }
    }

    /// Sendability that the compiler does not check is argued for, in words, right above the declaration.
    @Test func uncheckedSendabilityIsArgued() {
        for file in tree.handwritten {
            for (number, line) in file.lines.enumerated() where line.contains("@unchecked Sendable") {
                guard !line.contains(/^\s*\/\//) else { continue }
                let above = number > 0 ? file.lines[number - 1] : ""
                #expect(above.contains(/^\s*\/\//), "\(file.path):\(number + 1)")
            }
        }
    }

    /// A fault point is a line of its own, so that a release build, which has no points, has no trace of it: nothing is
    /// computed for it and nothing depends on it.
    @Test func faultPointsAreLinesOfTheirOwn() {
        var count = 0
        for file in tree.handwritten where file.module != "FaultPoints" {
            for (number, line) in file.lines.enumerated() where line.contains("FaultPoint.") {
                #expect(line.wholeMatch(of: /\s*FaultPoint\.\w+\.reached\(\)/) != nil, "\(file.path):\(number + 1)")
                count += 1
            }
        }
        #expect(count >= 19, "every point is reached somewhere")
    }

    /// What is made to be wrong on purpose is compiled in debug builds only.
    @Test func defectsAreInDebugBuildsOnly() {
        var count = 0
        for file in tree.handwritten {
            var isDebugOnly = false
            for (number, line) in file.lines.enumerated() {
                let word = line.trimmingPrefix(/\s*/)
                if word == "#if DEBUG" { isDebugOnly = true }
                if word == "#else" || word == "#endif" { isDebugOnly = false }
                guard line.contains("defect") || line.contains("WorkerDefect"), !word.hasPrefix("//") else { continue }
                #expect(isDebugOnly, "\(file.path):\(number + 1)")
                count += 1
            }
        }
        #expect(count > 0)
    }

    /// One way to run: on any machine, from a clean clone.
    @Test func noPathOfOneMachineIsInTheSources() {
        for file in tree.handwritten {
            for (number, line) in file.lines.enumerated() {
                #expect(!line.contains(/\/(home|root|work)\//), "\(file.path):\(number + 1)")
            }
        }
    }

    nonisolated(unsafe) private static let typeLine =
        /^\s*(?:(?:public|package|internal|fileprivate|private|final|indirect|nonisolated)\s+)*(?:struct|class|enum|actor|protocol)\s+(\w+)/
}
