import AdminResources
import Foundation
import KMIP
import KMIPClient
import LocalSite
import PipelineSite
import TTLV
import TestServices
import Testing

extension EndToEnd {
    /// `keyferry key`, with keys as vCenter makes them.
    @Suite struct KeyCommands {
        private func keyferry(_ site: PipelineSite, _ arguments: [String]) async throws -> FinishedProgram {
            try await FinishedProgram.run(
                BuiltPrograms.path("keyferry"),
                arguments,
                environment: ["KEYFERRY_HOME": site.home]
            )
        }

        private func json<Value: Decodable>(
            _ type: Value.Type,
            _ site: PipelineSite,
            _ arguments: String...
        ) async throws -> Value {
            let finished = try await keyferry(site, arguments + ["--output", "json"])
            #expect(finished.exitCode == 0, "\(finished.output)")
            return try ResourceCoding.decode(type, from: Data(finished.output.utf8))
        }

        /// What vCenter writes to a VM's key.
        private func attributes(_ name: String) -> [Attribute] {
            let uuid = "5012" + String(name.utf8.map { UInt64($0) }.reduce(7) { $0 &* 31 &+ $1 }, radix: 16)
            return [
                ("x-Product_Version", "8.0.1 build-21560480"), ("x-Vendor", "VMware, Inc."),
                ("x-Product", "VMware vSphere"),
                ("x-Identifier", uuid), ("x-Component", "Virtual Machine"), ("x-Name", name),
            ].map { Attribute(AttributeName($0.0), .text($0.1)) }
        }

        private func activeKey(_ name: String, _ kmip: KMIPConversation) async throws -> String {
            let identifier = try await kmip.createKey(attributes(name))
            _ = try await kmip.activate(identifier)
            return identifier
        }

        private func state(_ identifier: String, _ kmip: KMIPConversation) async throws -> ObjectState? {
            guard
                case .enumeration(let number)? = try await kmip.getAttributes(of: identifier, [.state]).attributes
                    .first?.value
            else { return nil }
            return ObjectState(rawValue: number)
        }

        private struct Shown: Decodable {
            let key: KeyResource
            let history: KeyHistoryPage
        }

        @Test func aKeyIsFoundRevokedRestoredAndDestroyed() async throws {
            let site = try await StandingSite.site()
            let instance = try await site.instanceName()
            let client = try site.firstClient()
            let name = "web-\(UUID().uuidString.prefix(8))"
            let (identifier, bytes) = try await site.conversing(as: client) { kmip in
                let identifier = try await activeKey(name, kmip)
                return (identifier, try await kmip.get(identifier).keyBytes())
            }
            let found = try await json([KeyResource].self, site, "key", "list", "-i", instance, "--vm", name)
            #expect(found.map(\.identifier) == [identifier])
            #expect(found.first?.state == "active" && found.first?.attribute("x-Name") == [name])
            #expect(found.first?.displayName == "vmware_kmip-\(instance)-\(identifier)")
            #expect(found.first?.content?.lastRetrieved != nil && found.first?.content?.rootKeyVersion == 1)

            let tooEarly = try await keyferry(site, ["key", "destroy", identifier, "-i", instance, "--yes"])
            #expect(tooEarly.exitCode == 1 && tooEarly.output.contains("revoke it first"))
            let revoked = try await json(
                KeyResource.self,
                site,
                "key",
                "revoke",
                identifier,
                "-i",
                instance,
                "--reason",
                "superseded",
                "--message",
                "rekeyed"
            )
            #expect(revoked.state == "deactivated")
            #expect(revoked.content?.revocation == KeyRevocation(reason: .superseded, message: "rekeyed"))
            // vCenter looks at the state, through any gateway.
            let deactivated = try await site.conversing(as: client, gateway: 2) { try await state(identifier, $0) }
            #expect(deactivated == .deactivated)

            let restored = try await json(KeyResource.self, site, "key", "restore", identifier, "-i", instance)
            #expect(restored.state == "active" && restored.content?.deactivated == nil)
            let (active, again) = try await site.conversing(as: client, gateway: 2) { kmip in
                (try await state(identifier, kmip), try await kmip.get(identifier).keyBytes())
            }
            #expect(active == .active && again == bytes)

            _ = try await json(KeyResource.self, site, "key", "revoke", identifier, "-i", instance)
            let destroyed = try await json(
                KeyResource.self,
                site,
                "key",
                "destroy",
                identifier,
                "-i",
                instance,
                "--yes"
            )
            #expect(destroyed.state == "destroyed" && destroyed.content?.rootKey == nil)
            #expect(try await keyferry(site, ["key", "restore", identifier, "-i", instance]).exitCode == 1)

            let shown = try await json(Shown.self, site, "key", "show", identifier, "-i", instance)
            #expect(shown.key == destroyed && shown.history.corruptedCount == 0)
            let events = shown.history.items
            // Several workers record; of the same second, each in its own order.
            func actions(of initiator: String) -> [String] {
                events.filter { $0.initiator.hasPrefix(initiator) }.map(\.action).sorted()
            }
            #expect(
                actions(of: "Operator-") == [
                    "kmip-key.destroy", "kmip-key.restore", "kmip-key.revoke", "kmip-key.revoke",
                ]
            )
            let byClient = actions(of: "CertificateID-\(client.fingerprint)")
            #expect(
                byClient.filter { $0 != "kmip-key-attributes.retrieve" } == [
                    "kmip-key.activate", "kmip-key.create", "kmip-key.read", "kmip-key.read",
                ]
            )
            #expect(byClient.count == 6 && events.allSatisfy(\.succeeded))
            #expect(events.map(\.time) == events.map(\.time).sorted(by: >))
        }

        @Test func whatNoInventoryHasIsReclaimed() async throws {
            let site = try await StandingSite.site()
            let instance = try await site.instanceName()
            let names = ["in-use", "gone", "young"].map { "\($0)-\(UUID().uuidString.prefix(8))" }
            let keys = try await site.conversing(as: try site.firstClient()) { kmip in
                var keys: [String] = []
                for name in names { keys.append(try await activeKey(name, kmip)) }
                return keys
            }
            let folder = try TemporaryFolder()
            // Every other key of the site is in use, by what says so: no other test loses one.
            let others = try await json([KeyResource].self, site, "key", "list", "-i", instance, "--all")
                .map(\.identifier).filter { $0 != keys[1] }
            let inventory = folder.file("inventory.csv")
            try Data(export(others).utf8).write(to: URL(fileURLWithPath: inventory))
            let options = ["key", "reclaim", "--inventory", inventory, "-i", instance]
            let recent = try await keyferry(site, options)
            #expect(recent.exitCode == 0, "\(recent.output)")
            #expect(recent.output.contains("too young or retrieved too recently") && recent.output.contains(keys[1]))

            let old = options + ["--minimum-age", "0", "--quiet-time", "0"]
            let dry = try await keyferry(site, old)
            #expect(dry.output.contains("Unused: 1, of which 1 are active."), "\(dry.output)")
            #expect(dry.output.contains(names[1]))
            let done = try await keyferry(site, old + ["--revoke", "--yes"])
            #expect(done.exitCode == 0 && done.output.contains("Revoked 1 keys."), "\(done.output)")
            let (gone, inUse) = try await site.conversing(as: try site.firstClient()) { kmip in
                (try await state(keys[1], kmip), try await state(keys[0], kmip))
            }
            #expect(gone == .deactivated && inUse == .active)
            let again = try await keyferry(site, old + ["--revoke", "--yes"])
            #expect(again.output.contains("There is nothing to revoke."))
        }

        /// An export of a vCenter tomorrow, in which a VM uses each of these keys.
        private func export(_ keys: [String]) -> String {
            let tomorrow = Date(timeIntervalSinceNow: 86_400).formatted(.iso8601)
            let columns = "Kind,Name,Id,Uuid,Parent,Use,Provider,Key,State,ChangeTracking,Detail"
            var records = [
                "Export,keyferry-inventory,1,,,,,,,,\(tomorrow)", "VCenter,vc,,A-1,,,,,,,8.0.3 build-1",
                "Provider,keyferry,keyferry,,,,,,Default,,KeyProvider", "Host,esx1,host-1,H-1,,,,,incapable,,",
            ]
            records += keys.enumerated().map { index, key in
                "VM,vm\(index),vm-\(index),V-\(index),host-1,Home,keyferry,\(key),Encrypted,False,poweredOn"
            }
            return ([columns] + records + ["End,,,,,,,,,,records=\(records.count);keys=\(keys.count)"])
                .joined(separator: "\n")
        }
    }
}
