import KMIP
import KMIPClient
import PipelineSite
import TLSTestPeers
import Testing

extension EndToEnd {
    /// A key store that somebody altered who can write to its file, as a client and an operator see it.
    @Suite struct DamagedRecords {
        /// What is done to the rows of two keys.
        private struct Alteration {
            let description: String
            let statements: [String]
            /// Whether the second key is not itself any more either.
            var isOfBoth = false
        }

        private struct Key {
            let identifier: String
            let bytes: [UInt8]
        }

        private static let alterations = [
            Alteration(
                description: "other bytes in place of a wrapped key",
                statements: [
                    "UPDATE managed_objects SET wrapped_material = randomblob(length(wrapped_material))"
                        + " WHERE unique_identifier = :first"
                ]
            ),
            Alteration(
                description: "two wrapped keys, each in the other's place",
                statements: [
                    copying("wrapped_material", from: ":second", to: ":first"),
                    copying("wrapped_material", from: ":first", to: ":second"),
                ],
                isOfBoth: true
            ),
            Alteration(
                description: "another's wrapped key, with what shows that it is genuine",
                statements: [copying("wrapped_material, digest, mac", from: ":second", to: ":first")]
            ),
        ]

        private static func copying(_ columns: String, from source: String, to target: String) -> String {
            "UPDATE managed_objects SET (\(columns)) ="
                + " (SELECT \(columns) FROM kept WHERE unique_identifier = \(source))"
                + " WHERE unique_identifier = \(target)"
        }

        @Test func anAlteredKeyIsNotGivenOutAndTheOthersAre() async throws {
            try await withSite { site in
                let client = try site.firstClient()
                var all: [Key] = []
                for alteration in Self.alterations {
                    let keys = try await site.conversing(as: client) { try await makeKeys(3, $0) }
                    all += keys
                    try await site.alterStore(alteration.statements, keys[0].identifier, keys[1].identifier)
                    let refusedCount = alteration.isOfBoth ? 2 : 1
                    for key in keys.prefix(refusedCount) {
                        try await expectRefusal(of: key.identifier, site, alteration.description)
                    }
                    try await site.conversing(as: client) { kmip in
                        for key in keys.dropFirst(refusedCount) {
                            let read = try await kmip.get(key.identifier).keyBytes()
                            #expect(read == key.bytes, "\(alteration.description)")
                        }
                    }
                }
                #expect(all.count == 9 && Set(all.map(\.bytes)).count == 9)
                // So that no file changes while it is searched.
                await site.end()
                try expectNoKey(all, inTheLogsOf: site)
            }
        }

        private func makeKeys(_ count: Int, _ kmip: KMIPConversation) async throws -> [Key] {
            var keys: [Key] = []
            for _ in 0..<count {
                let identifier = try await kmip.createKey()
                keys.append(Key(identifier: identifier, bytes: try await kmip.get(identifier).keyBytes()))
            }
            return keys
        }

        /// Get: the client is told to ask the operator, who finds one line of the gateway and one of the worker, by the
        /// name of the request.
        private func expectRefusal(of identifier: String, _ site: PipelineSite, _ alteration: String) async throws {
            let get = Wire.message(Wire.header(), Wire.batchItem(0x0A, Wire.text(0x420094, identifier)))
            let peer = try await site.rawConnection(as: try site.firstClient())
            let answer = try #require(try await peer.answer(to: get), "\(alteration)")
            try? await peer.close()
            #expect(answer.items.count == 1, "\(alteration)")
            let item = try #require(answer.items.first, "\(alteration)")
            #expect(item.status == .operationFailed, "\(alteration)")
            #expect(item.reason == .generalFailure, "\(alteration)")
            #expect(item.message == "the object's record can't be trusted; ask the server's operator", "\(alteration)")
            #expect(item.payload == nil, "\(alteration)")

            let told = try await site.waitForLines(of: .gateway(1)) {
                $0.contains(": operation ") && $0.field("object") == identifier && !$0.contains("outcome=Success")
            }
            #expect(told.count == 1, "\(alteration): \(told)")
            let line = try #require(told.first, "\(alteration)")
            #expect(line.field("operation") == "Get" && line.contains(#"outcome="General Failure""#), "\(line)")
            let request = try #require(line.field("request"), "\(line)")
            let jobs = try await site.waitForLines(of: .worker(1)) { $0.field("request") == request }
            #expect(jobs.count == 1, "\(alteration): \(jobs)")
            for job in jobs {
                #expect(job.field("operations") == "Get" && job.field("outcome") == "recordCorrupted", "\(job)")
            }
            #expect(site.lines(of: .gateway(1)).count { $0.field("request") == request } == 1, "\(alteration)")
        }

        private func expectNoKey(_ keys: [Key], inTheLogsOf site: PipelineSite) throws {
            for key in keys {
                let control = SecretPattern(Array(key.identifier.utf8))
                #expect(try !control.found(inFile: site.logFile(of: .gateway(1))).isEmpty, "the search finds nothing")
                let pattern = SecretPattern(key.bytes)
                for file in site.logFiles { #expect(try pattern.found(inFile: file) == [], "\(file)") }
            }
        }
    }
}

extension PipelineSite {
    /// Alters the key store while it is in use. Statements name two keys by `:first` and `:second`, and by `kept` the
    /// table of keys as it was.
    ///
    /// - Throws: unless each statement has changed one row.
    fileprivate nonisolated func alterStore(_ statements: [String], _ first: String, _ second: String) async throws {
        let script = """
            import sqlite3, sys
            store = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
            store.execute("CREATE TEMP TABLE kept AS SELECT * FROM managed_objects")
            store.execute("BEGIN IMMEDIATE")
            for statement in sys.argv[4:]:
                print(store.execute(statement, {"first": sys.argv[2], "second": sys.argv[3]}).rowcount)
            store.execute("COMMIT")
            """
        let altered = try await FinishedProgram.run(
            "/usr/bin/python3",
            ["-c", script, "\(home)/store/keyferry.sqlite", first, second] + statements
        )
        guard altered.exitCode == 0, altered.output == String(repeating: "1\n", count: statements.count) else {
            throw PipelineSiteError("the store was not altered: \(altered.output)")
        }
    }
}
