import AdminTestFront
import Cryptography
import Foundation
import JobDispatch
import KeyModel
import Testing

@Suite("Operators' commands, against an admin front")
struct OperatorCommandsTests {
    @Test("instance list, as a table and as JSON; the folder by option and by environment")
    func instanceList() async throws {
        try await OperatorHome.run { home, _ in
            let console = RecordedConsole()
            #expect(await console.run(["instance", "list", "--home", home.path]) == 0)
            #expect(
                console.output == """
                    NAME     STATUS     PARTITION  ROOT KEY  CERTIFICATES  ACTIVE KEYS  OTHER KEYS
                    kmip-ab  installed  main       root-1    0             3            1
                    kmip-cd  installed  main       root-1    0             3            1
                    """
            )
            let json = RecordedConsole()
            let environment = ["KEYFERRY_HOME": home.path]
            #expect(await json.run(["instance", "list", "-o", "json"], environment: environment) == 0)
            let list = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
            #expect(list?.map { $0["name"] as? String } == ["kmip-ab", "kmip-cd"])
        }
    }

    @Test("certificate add, list and remove")
    func certificates() async throws {
        try await OperatorHome.run { home, _ in
            let certificate = try TestAuthority("anyone").client("vcenter").certificate
            try home.write("vcenter.pem", certificate.pem)
            let options = ["--instance", "kmip-ab", "--home", home.path]

            let add = RecordedConsole()
            #expect(await add.run(["certificate", "add", "vc1", home.file("vcenter.pem")] + options) == 0)
            #expect(add.output.contains("Registered 'vc1' with kmip-ab"))
            #expect(add.output.contains(certificate.fingerprintText))
            #expect(add.output.contains("CN=vcenter"))

            let list = RecordedConsole()
            #expect(await list.run(["certificate", "list"] + options) == 0)
            let row = try #require(list.output.split(separator: "\n").last)
            #expect(row.hasPrefix("vc1   CN=vcenter  P-256  "))
            #expect(row.contains("  9 (!)  "))

            let again = RecordedConsole()
            #expect(await again.run(["certificate", "add", "vc2", home.file("vcenter.pem")] + options) == 1)
            #expect(again.errors.contains("'vc1'"))
            #expect(again.errors.contains("certificate-already-registered"))

            let remove = RecordedConsole()
            #expect(await remove.run(["certificate", "remove", "vc1"] + options) == 0)
            #expect(remove.output.contains(certificate.fingerprintText))

            let empty = RecordedConsole()
            #expect(await empty.run(["certificate", "list"] + options) == 0)
            #expect(empty.output == "The instance has no client certificates.")
        }
    }

    @Test("A private key in place of the certificate does not leave the machine")
    func privateKey() async throws {
        try await OperatorHome.run { home, admin in
            let console = RecordedConsole()
            let code = await console.run([
                "certificate", "add", "vc1", home.file("operator.key"), "-i", "kmip-ab", "--home", home.path,
            ])
            #expect(code == 65)
            #expect(console.errors.contains("holds a private key; it was not sent anywhere"))
            #expect(admin.jobs.received.isEmpty)
        }
    }

    @Test("An instance that is not there: one of similar name is suggested")
    func suggestion() async throws {
        try await OperatorHome.run { home, _ in
            let near = RecordedConsole()
            #expect(await near.run(["certificate", "list", "-i", "kmip-ax", "--home", home.path]) == 1)
            #expect(near.errors == "keyferry: there is no instance 'kmip-ax'; did you mean 'kmip-ab'?")
            let far = RecordedConsole()
            #expect(await far.run(["certificate", "remove", "x", "-i", "other", "--home", home.path]) == 1)
            #expect(far.errors.contains("'keyferry instance list' shows those there are."))
        }
    }

    @Test("A viewer may look, and not change")
    func roles() async throws {
        try await OperatorHome.run(as: \.viewer) { home, _ in
            let look = RecordedConsole()
            #expect(await look.run(["certificate", "list", "-i", "kmip-ab", "--home", home.path]) == 0)
            let change = RecordedConsole()
            #expect(await change.run(["certificate", "remove", "x", "-i", "kmip-ab", "--home", home.path]) == 77)
            #expect(change.errors.contains("operator-not-authorized"))
            #expect(change.errors.contains("'kmip-manager'"))
        }
    }

    @Test("status, in one screen; its exit code says whether all is well")
    func status() async throws {
        try await OperatorHome.run { home, admin in
            admin.jobs.set(\.fleet, Samples.fleet())
            let well = RecordedConsole()
            #expect(await well.run(["status", "--home", home.path]) == 0)
            #expect(
                well.output == """
                    Keys are served.

                    Partition main: serving
                      token      a1b2c3d4
                      authority  generation 7
                      root key   first (root-1), active, version 2
                      queue      bulk 0, interactive 4, operator 0

                    WORKER    PARTITION  HSM  STORE  HEARD  SESSIONS  JOBS DONE
                    worker-1  main       ok   ok     now    2         12345

                    FRONT      ROLE     HEARD  CONNECTIONS  JOBS IN FLIGHT
                    admin-1    admin    now    5            1
                    gateway-1  gateway  now    5            1
                    """
            )
            let expired = ExpiringCertificate(kind: .client, name: "kmip-ab/vcenter", end: AccessSamples.time)
            let soon = ExpiringCertificate(
                kind: .identity,
                name: "gateway",
                end: Timestamp(secondsSince1970: TestAuthority.now + 5 * 86_400 + 600)
            )
            let partition = Samples.partition(expiring: [expired, soon])
            admin.jobs.set(\.answers, ["partition.describe": .success(.partition(partition))])
            let warned = RecordedConsole()
            #expect(await warned.run(["status", "--home", home.path]) == 0)
            #expect(
                warned.output.contains(
                    "Certificates that expire within 30 days:\n  client kmip-ab/vcenter EXPIRED, 2023"
                )
            )
            #expect(warned.output.contains("\n  identity gateway expires in 5 d 0 h, "))
            admin.jobs.set(\.fleet, Samples.fleet(worker: .hsmFailing, gateways: []))
            admin.jobs.set(\.failure, DispatchError(.noHealthyWorker))
            let down = RecordedConsole()
            #expect(await down.run(["status", "--home", home.path]) == 3)
            #expect(down.output.hasPrefix("KEYS ARE NOT SERVED."))
            #expect(down.output.contains("unknown: no worker answered"))
            #expect(down.output.contains("worker-1  main       FAILING  unknown"))
            #expect(down.errors.isEmpty)
        }
    }

    @Test("Nobody answers, or no worker")
    func unavailable() async throws {
        try await OperatorHome.run { home, admin in
            admin.jobs.set(\.failure, DispatchError(.noHealthyWorker))
            let worker = RecordedConsole()
            #expect(await worker.run(["instance", "list", "--home", home.path]) == 69)
            #expect(worker.errors.contains("no-healthy-worker"))
            #expect(worker.errors.contains("'keyferry status'"))

            // A port that was free a moment ago.
            let front = RecordedConsole()
            let environment = ["KEYFERRY_SERVER": "127.0.0.1:1"]
            #expect(
                await front.run(["instance", "list", "--home", home.path], environment: environment) == 69
            )
            #expect(front.errors.contains("Is keyferry-admin running"))
        }
    }

    @Test("Profiles: listed, chosen by option and by environment, suggested")
    func profiles() async throws {
        try await OperatorHome.run { home, _ in
            let folder = home.folder.appending(path: "profiles")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let settings = try String(contentsOfFile: home.file("operator.yaml"), encoding: .utf8)
            try home.write("profiles/site-b.yaml", settings.replacing("File: ", with: "File: ../"))
            try home.write("profiles/broken.yaml", "server: here\n")
            try home.write("profiles/.hidden.yaml", settings)

            let list = RecordedConsole()
            let environment = ["KEYFERRY_HOME": home.path, "KEYFERRY_SERVER": "elsewhere:1"]
            #expect(await list.run(["profile", "list"], environment: environment) == 0)
            let lines = list.output.split(separator: "\n")
            #expect(lines.count == 4)
            #expect(lines[1].hasPrefix("(none)   127.0.0.1:"))
            #expect(lines[2].hasPrefix("broken   NOT IN ORDER: "))
            #expect(lines[3].hasPrefix("site-b   127.0.0.1:"))

            let chosen = RecordedConsole()
            #expect(await chosen.run(["instance", "list", "--home", home.path, "--profile", "site-b"]) == 0)
            let named = RecordedConsole()
            let other = ["KEYFERRY_HOME": home.path, "KEYFERRY_PROFILE": "broken"]
            #expect(await named.run(["instance", "list"], environment: other) == 78)
            #expect(named.errors.contains("broken.yaml"))
            let near = RecordedConsole()
            #expect(await near.run(["status", "--home", home.path, "--profile", "site-c"]) == 78)
            #expect(near.errors == "keyferry: there is no profile 'site-c'; did you mean 'site-b'?")
        }
    }

    @Test("A profile's name is no path", arguments: ["../operator", ".x", "a/b", "", "a b"])
    func profileNames(name: String) async {
        let option = RecordedConsole()
        #expect(await option.run(["status", "--profile", name]) == 64)
        guard !name.isEmpty else { return }
        let environment = RecordedConsole()
        #expect(await environment.run(["status"], environment: ["KEYFERRY_PROFILE": name]) == 64)
    }

    @Test("Settings and files that are missing or wrong")
    func settings() async throws {
        try await OperatorHome.run { home, _ in
            let missing = RecordedConsole()
            #expect(await missing.run(["status", "--home", home.file("none")]) == 78)
            #expect(missing.errors.contains("operator.yaml"))
            let profile = RecordedConsole()
            #expect(await profile.run(["status", "--home", home.path, "--profile", "site-b"]) == 78)
            #expect(profile.errors.contains("profiles/site-b.yaml"))

            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: home.file("operator.key"))
            let open = RecordedConsole()
            #expect(await open.run(["status", "--home", home.path]) == 66)
            #expect(open.errors.contains("chmod 600"))

            try home.write("operator.yaml", "server: here\n")
            let malformed = RecordedConsole()
            #expect(await malformed.run(["status", "--home", home.path]) == 78)
            #expect(malformed.errors.contains("operator.yaml: server:"))
        }
    }
}
