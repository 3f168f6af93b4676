import AuthorityKeeping
import Cryptography
import Foundation
import HSM
import JobSealing
import KeyModel
import KeyStorage
import KeyStorageSQLite
import TestServices
import Testing

@testable import Worker

/// A store that was altered, that is full, and that nothing secret is in.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct DamageIntegrationTests {
    @Test(arguments: [
        "UPDATE managed_objects SET wrapped_material = randomblob(40)",
        "UPDATE managed_objects SET wrapped_material = NULL",
        "UPDATE managed_objects SET true_length = 16",
        "UPDATE managed_objects SET state = 2",
        "UPDATE managed_objects SET digest = zeroblob(32)",
        "UPDATE managed_objects SET root_key_version = 2",
        "UPDATE managed_objects SET mac = zeroblob(33)",
        "DELETE FROM object_attributes",
    ])
    func anAlteredRecordIsRefusedEverywhere(_ statement: String) async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create([.custom("x-a", "b")])
            try site.tamper(statement)
            let operations: [KeyModel.Operation] = [
                .makeGet(key), .makeActivate(key), .makeDestroy(key),
                .getAttributes(GetAttributesOperation(identifier: key, names: [])),
            ]
            for operation in operations {
                #expect(try site.outcome(operation).failureCode == .recordCorrupted)
            }
            // The others go on.
            let next = try site.create()
            _ = try site.get(next)
            let failures = try site.worker.auditEvents().filter { $0.failure == .recordCorrupted }
            #expect(failures.count == operations.count && failures.allSatisfy { $0.object == key })
            // A line for each.
            let lines = site.log.lines(containing: "recordCorrupted")
            #expect(lines.count == operations.count, "\(lines)")
            #expect(lines.allSatisfy { $0.contains("info job") && $0.contains("request") })
        }
    }

    @Test func keysOfTwoRowsCanNotBeExchanged() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let mine = try site.create()
            let victim = try site.create(of: site.other)
            let rows = try site.rows(
                "SELECT wrapped_material, digest FROM managed_objects WHERE unique_identifier = ?",
                [.text(victim.text)]
            )
            try site.tamper(
                "UPDATE managed_objects SET wrapped_material = ?, digest = ? WHERE unique_identifier = ?",
                rows[0] + [.text(mine.text)]
            )
            #expect(try site.outcome(.makeGet(mine)).failureCode == .recordCorrupted)
            // Nor does the whole row serve under another's name.
            try site.tamper("DELETE FROM managed_objects WHERE unique_identifier = ?", [.text(mine.text)])
            try site.tamper(
                "UPDATE managed_objects SET instance = 'i-one' WHERE unique_identifier = ?",
                [.text(victim.text)]
            )
            #expect(try site.outcome(.makeGet(victim)).failureCode == .recordCorrupted)
            #expect(try site.outcome(.makeGet(victim), of: site.other).failureCode == .itemNotFound)
        }
    }

    @Test func anAlteredOutcomeIsNotAnswered() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let job = try site.seal([.makeCreate()])
            _ = try site.worker.deliver(job)
            try site.tamper("UPDATE job_outcomes SET attempts = 0, outcome = NULL")
            #expect(try site.worker.deliver(job)?.failureCode == .recordCorrupted)
            #expect(try site.count("managed_objects") == 1)
        }
    }

    /// The disk is full: the answer says so, and what was answered otherwise is there.
    @Test func aFullDiskLeavesNothingHalfDone() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            _ = try site.create()
            guard case .integer(let pages)? = try site.rows("PRAGMA page_count").first?.first else {
                Issue.record("no page count")
                return
            }
            var options = SQLiteEngine.Options()
            options.maximumPageCount = Int(pages) + 4
            let cramped = try site.anotherWorker(options)
            var made: Set<UniqueIdentifier> = []
            var isFull = false
            for number in 0..<64 where !isFull {
                let filler = String(repeating: "\(number % 10)", count: 2_000)
                let job = try site.seal([.makeCreate([.custom("x-filler", filler)]), .makeActivate()])
                switch try cramped.deliver(job) {
                case .kmip(let outcomes):
                    guard case .created(_, let identifier) = try outcomes[0].get() else { continue }
                    made.insert(identifier)
                case let reply:
                    #expect(reply?.failureCode == .storeUnavailable)
                    isFull = true
                    // The same message finds nothing of its first delivery where there is room.
                    guard case .kmip(let outcomes)? = try site.worker.deliver(job, isRedelivered: true),
                        case .created(_, let identifier) = try outcomes[0].get()
                    else {
                        Issue.record("not done at the second delivery")
                        continue
                    }
                    made.insert(identifier)
                }
            }
            #expect(isFull && !made.isEmpty)
            #expect(try site.count("managed_objects") == made.count + 1)
            for identifier in made {
                #expect(try site.attribute(.state, of: identifier) == [.enumeration(2)])
                _ = try site.get(identifier)
            }
            _ = try site.worker.auditEvents()
        }
    }

    @Test func aHealthyWorkerSaysSoAndAFailingOneWhy() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let vitals = try site.worker.processor.examine(workerName: "w")
            #expect(vitals.health == .healthy && vitals.hsmSessions == 1 && vitals.authorityGeneration == 1)
            try site.tamper("DROP TABLE store_probes")
            #expect(try site.worker.processor.examine(workerName: "w").health == .storeFailing)
            let version = try #require(site.worker.processor.keeper.authority.rootKeyVersions.first)
            let root = try #require(TokenKeyIdentifier(version.tokenKeyID))
            try site.hsm.destroyKey(TokenKey(.rootKeyVersion, root))
            #expect(try site.worker.processor.examine(workerName: "w").health == .hsmFailing)
        }
    }

    /// Keys are searched for in all that leaves the processor: files, logs, audit trail, messages.
    @Test func noKeyIsWrittenAnywhere() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            var traffic: [UInt8] = []
            var keys: [[UInt8]] = []
            func send(_ operations: [KeyModel.Operation]) throws -> [OperationOutcome] {
                let job = try site.seal(operations)
                let received = ReceivedJob(body: job.bytes, isRedelivered: false)
                traffic += job.bytes
                guard case .reply(let bytes) = site.worker.processor.process([received])[0],
                    case .kmip(let outcomes) = try job.openReply(bytes)
                else { return [] }
                traffic += bytes
                return outcomes
            }
            for number in 0..<8 {
                let material = try RandomBytes.generate(count: 32)
                keys.append(material)
                let transported = try site.gateway.wrap(material)
                let outcomes = try send([
                    .makeRegister(transported, of: material, [.name("vm-\(number)")]), .makeGet(), .makeActivate(),
                ])
                #expect(outcomes.count == 3 && outcomes.allSatisfy { $0.failureCode == nil })
                guard case .got(let key) = try send([.makeCreate(), .makeGet()])[1].get() else { continue }
                keys.append(try site.gateway.unwrap(key))
            }
            #expect(keys.count == 16)
            var places: [(String, Data)] = [("traffic", Data(traffic)), ("log", Data(site.log.text.utf8))]
            places.append(("audit", Data("\(try site.worker.auditEvents())".utf8)))
            for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: site.databasePath + suffix)
            {
                let contents = try Data(contentsOf: URL(fileURLWithPath: site.databasePath + suffix))
                places.append(("database\(suffix)", contents))
            }
            #expect(places.contains { $0.0 == "database-wal" && !$0.1.isEmpty })
            for key in keys {
                let patterns = [
                    Data(key.prefix(16)), Data(key.suffix(16)), Data(Hexadecimal.encode(key.prefix(16)).utf8),
                    Data(Data(key).base64EncodedString().prefix(40).utf8),
                ]
                for (place, contents) in places {
                    for pattern in patterns {
                        #expect(contents.range(of: pattern) == nil, "a key is in the \(place)")
                    }
                }
            }
        }
    }
}
