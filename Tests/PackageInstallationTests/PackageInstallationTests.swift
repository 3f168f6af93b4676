import Foundation
import Glibc
import PipelineSite
import TestServices
import Testing

/// `Docker/install-debian-packages.sh`, with programs in place of apt, sudo and systemctl that note what they are asked.
struct PackageInstallationTests {
    private static let script = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Docker/install-debian-packages.sh").path

    /// Debian's switch against services that start as they are installed. The script's own, where the machine has none.
    private static let policy = "/usr/sbin/policy-rc.d"

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder(prefix: "kf-packages")
        try "librabbitmq-dev\n# a remark\nlibssl-dev\nrabbitmq-server\n".write(
            toFile: folder.file("list"),
            atomically: true,
            encoding: .utf8
        )
        try FileManager.default.createDirectory(atPath: folder.file("bin"), withIntermediateDirectories: true)
        // libssl-dev is there, the other two are not.
        try program("dpkg-query", "case $3 in libssl-dev) echo installed ;; *) exit 1 ;; esac")
        try program(
            "apt-get",
            "\(Self.noting("apt-get")); [ -x \(Self.policy) ] && \(Self.policy); echo \"policy $?\" >>$NOTES"
        )
        try program("systemctl", Self.noting("systemctl"))
        try program("id", "echo ${USER_ID:-1000}")
    }

    private static func noting(_ name: String) -> String { "echo \"\(name) $*\" >>$NOTES" }

    private func program(_ name: String, _ script: String) throws {
        let path = folder.file("bin/" + name)
        try ("#!/bin/sh\n" + script + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        chmod(path, 0o700)
    }

    /// - Returns: what it said and how it ended, and what the other programs were asked.
    private func install(_ environment: [String: String] = [:]) async throws -> (FinishedProgram, notes: [Substring]) {
        let path = folder.file("path")
        // Nothing of the system's own that would install or change anything.
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for tool in ["bash", "sh", "sed", "sort", "readlink", "rm", "chmod", "cat"] {
            try? FileManager.default.createSymbolicLink(
                atPath: "\(path)/\(tool)",
                withDestinationPath: "/usr/bin/\(tool)"
            )
        }
        let finished = try await FinishedProgram.run(
            "/bin/bash",
            [Self.script, folder.file("list")],
            environment: ["PATH": folder.file("bin") + ":" + path, "NOTES": folder.file("notes")]
                .merging(environment) { $1 }
        )
        let notes = (try? String(contentsOfFile: folder.file("notes"), encoding: .utf8)) ?? ""
        return (finished, notes.split(separator: "\n"))
    }

    private static let command =
        "apt-get update && apt-get install --yes --no-install-recommends librabbitmq-dev rabbitmq-server"

    @Test func whatIsInstalledIsLeftAlone() async throws {
        try program("dpkg-query", "echo installed")
        let (finished, notes) = try await install()
        #expect(finished.exitCode == 0)
        #expect(finished.output == "" && notes == [])
    }

    @Test func withoutRootAndSudoTheCommandIsPrinted() async throws {
        let (finished, notes) = try await install()
        #expect(finished.exitCode == 1)
        #expect(finished.output.contains(Self.command))
        #expect(finished.output.contains("systemctl disable --now rabbitmq-server"))
        #expect(notes == [])
    }

    /// Nobody is at the terminal: sudo is asked whether it would, and no password is waited for.
    @Test func whoeverSudoRefusesIsToldTheCommand() async throws {
        try program("sudo", "\(Self.noting("sudo")); exit 1")
        let (finished, notes) = try await install()
        #expect(finished.exitCode == 1)
        #expect(finished.output.contains(Self.command))
        #expect(notes == ["sudo -n true"])
    }

    /// sudo lets him, and what he may not do with it is refused then.
    @Test func whoeverMayNotDoThisBySudoIsToldTheCommand() async throws {
        try program("sudo", "\(Self.noting("sudo")); [ \"$1\" = -n ]")
        let (finished, notes) = try await install()
        #expect(finished.exitCode == 1)
        #expect(finished.output.contains(Self.command))
        #expect(notes.count == 2 && notes[1].contains("install-debian-packages.sh"))
    }

    /// The broker that comes with the package is neither started nor switched on for the next start of the machine.
    @Test(.enabled(if: geteuid() == 0, "the switch against services is root's")) func noBrokerOfTheSystemIsLeft()
        async throws
    {
        let before = FileManager.default.contents(atPath: Self.policy)
        try program("sudo", "\(Self.noting("sudo")); [ \"$1\" = -n ] && exit 0; shift; USER_ID=0 exec \"$@\"")
        let (finished, notes) = try await install()
        #expect(finished.exitCode == 0, "\(finished.output)")
        let install = "apt-get install --yes --no-install-recommends librabbitmq-dev rabbitmq-server --quiet=2"
        #expect(notes.contains { $0 == install }, "\(notes)")
        // 101: no service is to be started.
        #expect(notes.filter { $0.hasPrefix("policy") } == ["policy 101", "policy 101"])
        #expect(FileManager.default.contents(atPath: Self.policy) == before)
        if FileManager.default.fileExists(atPath: "/run/systemd/system") {
            #expect(notes.contains { $0.hasPrefix("systemctl disable --now rabbitmq-server") })
        }
    }
}
