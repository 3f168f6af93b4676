import ArgumentParser
import Commands
import Testing

@Suite("The command line")
struct ArgumentTests {
    private static let kmip = ["--server", "localhost", "--certificate", "c.pem", "--key", "k.pem"]
    private static let pinned = kmip + ["--server-fingerprint", String(repeating: "aB", count: 32)]

    @Test(
        "Accepted",
        arguments: [
            ["instance", "list"], ["status", "--output", "json"], ["certificate", "list", "--instance", "kmip-ab"],
            ["certificate", "add", "vc-1", "vc.pem", "-i", "kmip-ab", "--profile", "b"],
            ["kmip", "discover"] + pinned, ["kmip", "query", "--kmip-version", "1.0"] + pinned,
            ["kmip", "create", "--length", "128", "--name", "n", "--attribute", "x-a=b=c"] + pinned,
            ["kmip", "get", "id", "--reveal"] + pinned,
            ["kmip", "destroy", "id"] + pinned, ["kmip", "destroy", "id", "--yes"] + kmip + ["--ca", "ca.pem"],
            ["kmip", "attributes", "id", "State", "Name"] + pinned,
            ["kmip", "revoke", "id", "--reason", "key-compromise", "--compromised-at", "2026-01-02T03:04:05Z"]
                + pinned,
        ]
    )
    func accepted(arguments: [String]) throws {
        _ = try KeyferryCommand.parseAsRoot(arguments)
    }

    @Test(
        "Refused, with a word about why",
        arguments: [
            (["certificate", "list"], "--instance"), (["certificate", "add", "a b", "f", "-i", "i"], "A name is"),
            (["status", "--output", "xml"], "xml"), (["kmip", "discover"] + kmip, "--server-fingerprint or --ca"),
            (["kmip", "discover"] + pinned + ["--ca", "c"], "--server-fingerprint or --ca"),
            (["kmip", "discover"] + kmip + ["--server-fingerprint", "12"], "64 hexadecimal digits"),
            (["kmip", "discover", "--kmip-version", "3.0"] + pinned, "1.0 to 1.4"),
            (["kmip", "create", "--attribute", "y-a=b"] + pinned, "y-a=b"),
            (["kmip", "get", "id", "--reveal", "--key-file", "f"] + pinned, "either"),
            (["kmip", "get", "id", "--reveal", "-o", "json"] + pinned, "not JSON"),
            (["kmip", "revoke", "id", "--compromised-at", "2026-01-02T03:04:05Z"] + pinned, "key-compromise"),
            (["kmip", "revoke", "id", "--reason", "key-compromise", "--compromised-at", "noon"] + pinned, "is a time"),
        ]
    )
    func refused(arguments: [String], expected: String) {
        do {
            _ = try KeyferryCommand.parseAsRoot(arguments)
            Issue.record("Accepted")
        } catch {
            #expect(KeyferryCommand.message(for: error).contains(expected))
            #expect(KeyferryCommand.exitCode(for: error).rawValue == 64)
        }
    }

    @Test("The exit codes are in the help")
    func exitCodes() {
        let help = KeyferryCommand.helpMessage()
        for code in CommandExitCode.allCases {
            #expect(help.contains("\(code.rawValue)  "))
        }
    }
}
