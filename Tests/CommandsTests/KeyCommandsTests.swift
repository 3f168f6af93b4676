import AdminTestFront
import Cryptography
import Foundation
import JobDispatch
import KeyModel
import Testing

@Suite("keyferry key, against an admin front")
struct KeyCommandsTests {
    private static let created = Timestamp(secondsSince1970: 1_700_000_000)

    static func key(
        _ identifier: String,
        _ state: ObjectState = .active,
        name: String? = nil,
        retrieved: Timestamp? = nil
    ) -> KeyDescription {
        var dates = KeyDescription.Dates()
        (dates.created, dates.lastRetrieved) = (created, retrieved)
        let attributes = name.map { [("x-Name", $0), ("x-Component", "Virtual Machine")] } ?? []
        return KeyDescription(
            identifier: UniqueIdentifier(identifier),
            objectType: .symmetricKey,
            algorithm: .aes,
            length: 256,
            state: state,
            dates: dates,
            revocationReason: nil,
            attributes: attributes.map { Attribute(name: AttributeName($0.0), value: .text($0.1)) },
            wrapping: KeyDescription.Wrapping(rootKey: RootKeyIdentifier("root-1"), version: 1),
            revision: 1
        )
    }

    private func withHome(
        _ answers: [String: KeyAnswer],
        _ body: @escaping @Sendable (OperatorHome, AdminFixture) async throws -> Void
    ) async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(\.answers, answers.mapValues { .success(.key($0)) })
            let home = try OperatorHome(admin, as: admin.manager)
            defer { home.remove() }
            try await body(home, admin)
        }
    }

    @Test("list: a table, what is altered in it, and a word that there are more")
    func list() async throws {
        let keys = [
            KeyEntry.key(Self.key("k-1", name: "vm\u{1B}[2J")),
            .key(Self.key("k-2", .deactivated, retrieved: Self.created)), .corrupted(UniqueIdentifier("k-3")),
        ]
        let next = KeySearch.Position(created: Self.created, identifier: UniqueIdentifier("k-3"))
        try await withHome(["key.list": .list(KeyList(keys: keys, next: next))]) { home, admin in
            let console = RecordedConsole()
            let arguments = [
                "key", "list", "-i", "kmip-ab", "--vm", "web", "--state", "active", "--limit", "3", "--home", home.path,
            ]
            #expect(await console.run(arguments) == 0)
            #expect(
                console.output == """
                    KEY  STATE        OF  NAME    CREATED               LAST RETRIEVED
                    k-1  active       VM  vm?[2J  2023-11-14T22:13:20Z  never
                    k-2  deactivated  -   -       2023-11-14T22:13:20Z  2023-11-14T22:13:20Z
                    k-3  CORRUPTED    -   -       -                     -
                    """
            )
            #expect(console.errors == "There are more: --limit or --all shows them.")
            guard case .key(.list("kmip-ab", let search))? = admin.jobs.received.last?.request else {
                Issue.record("\(admin.jobs.received)")
                return
            }
            #expect(search.states == [.active] && search.limit == 3)
            #expect(Set(search.attributes.map(\.value)) == [.text("web"), .text("Virtual Machine")])
        }
    }

    @Test(
        "What can't be asked for",
        arguments: [
            ["key", "list", "-i", "i", "--vm", "a", "--host", "b"], ["key", "list", "-i", "i", "--state", "lost"],
            ["key", "list", "-i", "i", "--created-from", "yesterday"], ["key", "list", "-i", "i", "--limit", "0"],
            ["key", "revoke", "k", "-i", "i", "--reason", "lost"], ["key", "show", "k", "-i", "i", "--events", "501"],
            ["key", "reclaim", "--inventory", "f"], ["key", "reclaim", "--inventory", "f", "--all", "-i", "i"],
            ["migrate", "verify", "--inventory", "f", "--provider", "new", "--keys", "k", "-i", "i"],
        ]
    )
    func usage(arguments: [String]) async {
        let console = RecordedConsole()
        #expect(await console.run(arguments) == 64)
        #expect(!console.errors.isEmpty)
    }

    @Test("show: the record and what happened to it")
    func show() async throws {
        let event = KeyEvent(
            action: .keyRestore,
            initiator: "Operator-00",
            address: "192.0.2.1",
            failure: nil,
            requestID: "00",
            isRepeat: false,
            time: Self.created
        )
        let answers: [String: KeyAnswer] = [
            "key.show": .key(.key(Self.key("k-1", name: "web"))),
            "key.history": .history(KeyHistory(events: [event], next: nil, corruptedCount: 2)),
        ]
        try await withHome(answers) { home, _ in
            let console = RecordedConsole()
            #expect(await console.run(["key", "show", "k-1", "-i", "kmip-ab", "--home", home.path]) == 0)
            for part in [
                "vmware_kmip-kmip-ab-k-1\n", "  state           active", "  x-Name          web",
                "  wrapped under   root-1, version 1", "kmip-key.restore  Operator-00  192.0.2.1  done",
                "RECORDS THAT WERE ALTERED, and are not shown: 2.",
            ] {
                #expect(console.output.contains(part), "\(part)")
            }
        }
    }

    @Test("What can't be undone is confirmed with the VM's name")
    func confirmation() async throws {
        let answers: [String: KeyAnswer] = [
            "key.show": .key(.key(Self.key("k-1", .deactivated, name: "web"))),
            "key.destroy": .changed(Self.key("k-1", .destroyed, name: "web")),
            "key.revoke": .changed(Self.key("k-1", .compromised, name: "web")),
            "key.restore": .changed(Self.key("k-1", name: "web")),
        ]
        try await withHome(answers) { home, admin in
            let options = ["k-1", "-i", "kmip-ab", "--home", home.path]
            let compromise = ["key", "revoke"] + options + ["--reason", "key-compromise"]
            for arguments in [["key", "destroy"] + options, compromise] {
                let nobody = RecordedConsole()
                #expect(await nobody.run(arguments) == 64)
                #expect(nobody.errors.contains("Add --yes"))
                #expect(admin.jobs.received.allSatisfy { $0.request.name == "key.show" })
            }
            for (arguments, word) in [
                (["key", "destroy", "--yes"] + options, "Destroyed."), (compromise + ["--yes"], "Revoked."),
                (["key", "restore"] + options, "Restored."), (["key", "revoke"] + options, "Revoked."),
            ] {
                let console = RecordedConsole()
                #expect(await console.run(arguments) == 0, "\(console.errors)")
                #expect(console.output.hasPrefix(word))
            }
        }
    }

    private static func inventory(_ keys: [String]) -> String {
        let columns = "Kind,Name,Id,Uuid,Parent,Use,Provider,Key,State,ChangeTracking,Detail"
        let machines = keys.enumerated().map { index, key in
            "VM,vm\(index),vm-\(index),V-\(index),host-1,Home,new,\(key),Encrypted,False,poweredOn"
        }
        let records =
            [
                "Export,keyferry-inventory,1,,,,,,,,2026-11-24T07:00:00Z", "VCenter,vc,,A-1,,,,,,,8.0.3 build-1",
                "Provider,new,new,,,,,,Default,,KeyProvider", "Host,esx1,host-1,H-1,,,,,incapable,,",
            ] + machines
        let end = "End,,,,,,,,,,records=\(records.count);keys=\(keys.count)"
        return ([columns] + records + [end]).joined(separator: "\n")
    }

    /// An operation that revokes keys, at its end.
    private static func revocation(done: Int, failed: Int) throws -> BackgroundOperation {
        var operation = BackgroundOperation(
            stored: .init(identifier: "i-1", name: "kmip-ab", targetVersion: nil),
            identifier: OperationIdentifier("o-1"),
            kind: .keyRevocation,
            partition: try #require(PartitionName("main")),
            started: created
        )
        operation.done = done
        operation.finish(failed == 0 ? .done : .failed, left: failed, report: [:], at: created)
        return operation
    }

    @Test("reclaim: what is used and what is not; --revoke has it revoked")
    func reclaim() async throws {
        let keys = [
            KeyEntry.key(Self.key("k-used", name: "vm0")), .key(Self.key("k-idle", name: "gone")),
            .key(Self.key("k-off", .deactivated)), .corrupted(UniqueIdentifier("k-bad")),
        ]
        let answers: [String: KeyAnswer] = [
            "key.list": .list(KeyList(keys: keys, next: nil)), "key.show": .key(keys[1]),
            "key.revoke-all": .revocation(try Self.revocation(done: 1, failed: 0)),
        ]
        try await withHome(answers) { home, admin in
            try home.write("inventory.csv", Self.inventory(["K-USED", "k-elsewhere"]))
            let arguments = [
                "key", "reclaim", "--inventory", home.file("inventory.csv"), "-i", "kmip-ab", "--home", home.path,
            ]
            let dry = RecordedConsole()
            #expect(await dry.run(arguments) == 0, "\(dry.errors)")
            #expect(dry.output.hasPrefix("Keys in use: 1. Unused: 2, of which 1 are active."))
            #expect(dry.output.contains("k-elsewhere, used by VM 'vm1'"))
            #expect(dry.output.contains("CORRUPTED, and let alone:\n  k-bad"))
            #expect(admin.jobs.received.allSatisfy { $0.request.effect == .none })

            let asked = RecordedConsole()
            #expect(await asked.run(arguments + ["--revoke"]) == 64)
            #expect(admin.jobs.received.allSatisfy { $0.request.effect == .none })

            let done = RecordedConsole()
            #expect(await done.run(arguments + ["--revoke", "--yes", "-o", "json"]) == 0)
            let report = try JSONSerialization.jsonObject(with: Data(done.output.utf8)) as? [String: Any]
            #expect(report?["revoked"] as? [String] == ["k-idle"])
            #expect((report?["unused"] as? [[String: Any]])?.first?["evidence"] as? String != nil)
            let changes = admin.jobs.received.map(\.request).filter { $0.effect != .none }
            let expected = RevocationReason(code: .cessationOfOperation, message: "reclaimed: in no inventory")
            guard changes.count == 1, case .key(.revokeAll("kmip-ab", let revoked, let reason, let since?)) = changes[0]
            else {
                Issue.record("\(changes)")
                return
            }
            #expect(revoked == [UniqueIdentifier("k-idle")] && reason == expected)
            // Nothing is called unused that was retrieved in the quiet time.
            let quiet = Date().timeIntervalSince1970 - 90 * 86_400
            #expect(abs(Double(since.secondsSince1970) - quiet) < 60)
        }
    }

    @Test("reclaim lets alone what was retrieved in the meantime, and says what the server refuses")
    func reclaimRefusals() async throws {
        let idle = KeyEntry.key(Self.key("k-idle"))
        let used = KeyEntry.key(Self.key("k-used"))
        try await withHome(["key.list": .list(KeyList(keys: [idle, used], next: nil))]) { home, admin in
            try home.write("inventory.csv", Self.inventory(["k-used"]))
            let arguments = [
                "key", "reclaim", "--inventory", home.file("inventory.csv"), "--all", "--home", home.path, "--revoke",
                "--yes",
            ]
            let list = KeyAnswer.list(KeyList(keys: [idle, used], next: nil))
            let retrieved = KeyEntry.key(Self.key("k-idle", retrieved: Self.created))
            let partly = KeyAnswer.revocation(try Self.revocation(done: 0, failed: 1))
            admin.jobs.set(
                \.answers,
                [
                    "key.list": .success(.key(list)), "key.show": .success(.key(.key(retrieved))),
                    "key.revoke-all": .success(.key(partly)),
                ]
            )
            let late = RecordedConsole()
            #expect(await late.run(arguments) == 0)
            #expect(late.output.contains("k-idle was retrieved or changed in the meantime, and is let alone"))

            admin.jobs.set(
                \.answers,
                [
                    "key.list": .success(.key(list)), "key.show": .success(.key(.key(idle))),
                    "key.revoke-all": .success(.key(partly)),
                ]
            )
            let refused = RecordedConsole()
            #expect(await refused.run(arguments) == 1)
            #expect(refused.output.contains("k-idle: it is active still"))
            #expect(refused.errors.contains("could not be revoked"))

            admin.jobs.set(
                \.answers,
                [
                    "key.list": .success(.key(list)),
                    "key.revoke-all": .failure(OperationFailure(.operatorNotAuthorized)),
                ]
            )
            let forbidden = RecordedConsole()
            #expect(await forbidden.run(arguments) == 77)
        }
    }

    @Test("reclaim calls nothing unused where an inventory is another server's")
    func reclaimObstacles() async throws {
        let keys = [KeyEntry.key(Self.key("k-idle"))]
        try await withHome(["key.list": .list(KeyList(keys: keys, next: nil))]) { home, admin in
            try home.write("inventory.csv", Self.inventory(["k-foreign"]))
            let console = RecordedConsole()
            let arguments = [
                "key", "reclaim", "--inventory", home.file("inventory.csv"), "-i", "kmip-ab", "--home", home.path,
                "--revoke", "--yes",
            ]
            #expect(await console.run(arguments) == 0)
            #expect(console.output.contains("NO KEY IS CALLED UNUSED. vCenter 'vc' uses none of the keys"))
            #expect(console.output.contains("There is nothing to revoke."))
            #expect(admin.jobs.received.allSatisfy { $0.request.effect == .none })
        }
    }

    @Test("migrate verify asks the server for its keys")
    func migrateVerify() async throws {
        let keys = [KeyEntry.key(Self.key("k-1")), .key(Self.key("k-2", .deactivated))]
        try await withHome(["key.list": .list(KeyList(keys: keys, next: nil))]) { home, _ in
            try home.write("inventory.csv", Self.inventory(["k-1", "k-2", "k-3"]))
            let console = RecordedConsole()
            let arguments = [
                "migrate", "verify", "--inventory", home.file("inventory.csv"), "--provider", "new", "-i", "kmip-ab",
                "--home", home.path,
            ]
            #expect(await console.run(arguments) == 3)
            #expect(console.output.contains("k-2: deactivated, used by VM 'vm1'"))
            #expect(console.output.contains("k-3: not known, used by VM 'vm2'"))
            #expect(!console.output.contains("k-1"))
        }
    }
}
