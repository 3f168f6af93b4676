import Foundation
import LocalSite
import PipelineSite
import TestServices
import Testing

extension EndToEnd {
    /// `docs/operators-guide.md`, command by command, with the real programs.
    @Suite struct OperatorsGuide {
        /// The commands of a document: the lines of its `console` blocks that begin with `$ `, in order, each with those
        /// that it goes on in.
        static func commands(in document: String) -> [String] {
            var isConsole = false
            var commands: [String] = []
            for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix("```") {
                    isConsole = line == "```console"
                } else if isConsole, line.hasPrefix("$ ") {
                    commands.append(String(line.dropFirst(2)))
                } else if isConsole, let last = commands.last, last.hasSuffix("\\") {
                    commands[commands.count - 1] = String(last.dropLast() + line.trimmingPrefix(while: \.isWhitespace))
                }
            }
            return commands
        }

        @Test func commandsAreFound() {
            let document =
                "a\n```console\n$ one --x\nits answer\n$ two \\\n    --y \\\n    z\nsaid\n```\n$ not this\n```yaml\n$ nor this\n```\n"
            #expect(Self.commands(in: document) == ["one --x", "two --y z"])
        }

        @Test(.timeLimit(.minutes(4)))
        func everyCommandOfTheGuideWorks() async throws {
            let path = ForeignClients.file("docs/operators-guide.md")
            let commands = Self.commands(in: try String(contentsOfFile: path, encoding: .utf8))
            #expect(commands.count > 30)
            let reader = try GuideReader()
            do {
                for command in commands { try await reader.follow(command) }
            } catch {
                await reader.stopSite()
                throw error
            }
            await reader.stopSite()
        }
    }
}

/// Does what the guide says, as its reader at a terminal would: in a home of his own, with the files that it takes for
/// granted, and with something in the place of each word in capitals.
private actor GuideReader {
    private static let running = "Ctrl-C stops everything."

    private let folder: TemporaryFolder
    private let binaries: String
    private let ports: (gateway: UInt16, admin: UInt16, broker: UInt16)
    private let vcenter: SiteClient
    private var site: LocalSite.ChildProcess?
    /// In the place of words in capitals.
    private var words: [String: String] = [:]

    init() throws {
        folder = try TemporaryFolder(prefix: "kf-guide")
        binaries = try BuiltPrograms.folder()
        ports = (try LoopbackPort.free(), try LoopbackPort.free(), try LoopbackPort.free())
        vcenter = try SiteClient.make("vcenter")
        let replacement = try SiteClient.make("new-vcenter")
        for client in [vcenter, replacement, try SiteClient.make("stranger")] { _ = try client.write(in: folder.path) }
        try Self.writeInventory(provider: "old", key: "k-vm", to: folder.file("before.csv"))
    }

    func follow(_ command: String) async throws {
        try await prepare(command)
        var command = command
        for (word, value) in words { command = command.replacing(word, with: value) }
        if command.hasPrefix("keyferry-setup init") {
            command +=
                " --host localhost --port \(ports.gateway) --admin-port \(ports.admin) --broker-port \(ports.broker)"
        }
        if Self.asks(command) { command += " --yes" }
        if command.hasPrefix("keyferry-setup run") { return try await startSite() }
        if command.hasPrefix("openssl") || command.hasPrefix("shred") {
            _ = try await shell(command)
            return
        }
        let output =
            if command.hasPrefix("keyferry status") {
                // Who types it later than a program does has heard of everyone.
                try await waiting(for: "all to be heard") { try? await self.shell(command) }
            } else {
                try await shell(command)
            }
        if command.hasPrefix("keyferry-setup init") { try shortenDeletionWait() }
        if command.hasPrefix("keyferry certificate add") {
            let identifier = try await kmip("create", as: "vcenter")
            let key = try #require(identifier.firstMatch(of: /[0-9a-f-]{36}/)).output.description
            _ = try await kmip("activate \(key)", as: "vcenter")
            words["KEY"] = key
            try Self.writeInventory(provider: "keyferry", key: key, to: folder.file("after.csv"))
        }
        #expect(!output.isEmpty || command.contains(">") || command.hasPrefix("mv "), "\(command) says nothing")
    }

    func stopSite() async {
        guard let site else { return }
        _ = await site.stop(within: .seconds(30))
        self.site = nil
    }

    /// What happens elsewhere before a command has its sense.
    private func prepare(_ command: String) async throws {
        if command == "keyferry certificate pending" {
            // vCenter tries, and is refused.
            _ = try? await kmip("query", as: "stranger")
            let pending = try await waiting(for: "a refused client") {
                let output = try await self.shell("keyferry certificate pending --output json")
                return output.firstMatch(of: /[0-9a-f]{64}/)?.output.description
            }
            words["FINGERPRINT"] = pending
        }
        if command.hasPrefix("mv ") { await stopSite() }
        if command.hasPrefix("keyferry root-key deletion-report") {
            _ = try await waiting(for: "the root key to be gone") {
                let output = try await self.shell("keyferry root-key show own --output json")
                let key = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
                return key?["status"] as? String == "deleted" && key?["deletion"] == nil ? output : nil
            }
        }
    }

    /// Nobody waits for seven days here.
    private func shortenDeletionWait() throws {
        let file = folder.file(".keyferry/worker.yaml")
        let (old, new) = ("  # deletionWaitSeconds: 604800", "  deletionWaitSeconds: 20")
        let settings = try String(contentsOfFile: file, encoding: .utf8)
        guard settings.contains(old) else { throw PipelineSiteError("worker.yaml has no line \(old)") }
        try settings.replacing(old, with: new).write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// Whether a person at a terminal would be asked.
    private static func asks(_ command: String) -> Bool {
        [
            "key revoke", "authorization withdraw", "operator revoke", "identity revoke", "instance delete",
            "root-key delete",
        ]
        .contains { command.hasPrefix("keyferry \($0)") }
    }

    private func startSite() async throws {
        let log = folder.file("site-\(UUID().uuidString).log")
        let process = try LocalSite.ChildProcess(
            ProcessLaunch(
                name: "site",
                executable: "\(binaries)/keyferry-setup",
                arguments: ["run", "--home", folder.file(".keyferry"), "--monitoring-port", "0"],
                environment: environment,
                folder: folder.path,
                logFile: log
            )
        )
        site = process
        _ = try await waiting(for: "the site to serve") {
            // Read after it: what it said last is said by then.
            let end = process.end
            let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            if let end { throw PipelineSiteError("the site \(end): \(output)") }
            return output.contains(Self.running) ? output : nil
        }
    }

    private func shell(_ command: String) async throws -> String {
        let finished = try await FinishedProgram.run(
            "/bin/sh",
            ["-c", "cd && \(command)"],
            environment: environment
        )
        guard finished.exitCode == 0 else { throw PipelineSiteError("$ \(command)\n\(finished.output)") }
        return finished.output
    }

    private func kmip(_ operation: String, as client: String) async throws -> String {
        try await shell(
            "keyferry kmip \(operation) --server localhost:\(ports.gateway) --certificate \(client).pem --key \(client).key"
                + " --ca .keyferry/tls/gateway.pem"
        )
    }

    private var environment: [String: String] {
        ["HOME": folder.path, "PATH": "\(binaries):/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"]
    }

    private func waiting<Value: Sendable>(
        for what: String,
        _ look: () async throws -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            if let found = try await look() { return found }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw PipelineSiteError("\(what): it did not come")
    }

    /// What a vCenter with one VM has, which is encrypted by that key.
    private static func writeInventory(provider: String, key: String, to file: String) throws {
        let export = """
            Kind,Name,Id,Uuid,Parent,Use,Provider,Key,State,ChangeTracking,Detail
            Export,keyferry-inventory,1,,,,,,,,2026-11-24T07:00:00Z
            VCenter,vc,,A-1,,,,,,,8.0.3 build-1
            Provider,old,old,,,,,,,,KeyProvider
            Provider,keyferry,keyferry,,,,,,Default,,KeyProvider
            Cluster,compute,domain-c1,,,,,,Plain,,
            VM,web,vm-1,V-1,,Home,\(provider),\(key),Encrypted,False,poweredOff
            End,,,,,,,,,,records=6;keys=1

            """
        try export.write(toFile: file, atomically: true, encoding: .utf8)
    }
}
