import Foundation
import TestServices
import Testing

@testable import Setup

@Suite struct StagingFolderTests {
    private let temporary: TemporaryFolder
    private let home: InstallationFolder

    init() throws {
        temporary = try TemporaryFolder(prefix: "kf-setup")
        home = InstallationFolder(temporary.file("home"))
    }

    @Test func itBecomesTheInstallationInOneStep() throws {
        let staging = try StagingFolder(for: home)
        try "x".write(toFile: staging.folder.configuration(.worker), atomically: false, encoding: .utf8)
        #expect(!FileManager.default.fileExists(atPath: home.path))
        try staging.publish()
        #expect(home.holdsInstallation)
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == ["home"])
    }

    @Test func whatACrashLeftIsEmptied() throws {
        do {
            let abandoned = try StagingFolder(for: home)
            try "x".write(toFile: abandoned.folder.file("token/pin"), atomically: false, encoding: .utf8)
        }
        let staging = try StagingFolder(for: home)
        #expect(!FileManager.default.fileExists(atPath: staging.folder.pinFile))
        #expect(FileManager.default.fileExists(atPath: staging.folder.tokenFolder))
    }

    @Test func twoAttemptsAtOnceAreRefused() throws {
        let staging = try StagingFolder(for: home)
        #expect(throws: SetupError(.busy, "")) { _ = try StagingFolder(for: home) }
        withExtendedLifetime(staging) {}
    }

    @Test func aLinkInItsPlaceIsNotFollowed() throws {
        let elsewhere = try temporary.makeFolder("elsewhere")
        try temporary.write("precious", to: "elsewhere/file")
        try FileManager.default.createSymbolicLink(
            atPath: temporary.file(".home.unfinished"),
            withDestinationPath: elsewhere
        )
        #expect(throws: SetupError(.folderUnusable, "")) { _ = try StagingFolder(for: home) }
        #expect(FileManager.default.fileExists(atPath: temporary.file("elsewhere/file")))
    }

    @Test func aFolderWithOtherFilesIsLeftAlone() throws {
        _ = try temporary.makeFolder("home")
        try temporary.write("x", to: "home/letter")
        #expect(throws: SetupError(.folderNotEmpty, "")) { _ = try StagingFolder(for: home) }
    }

    @Test func aStateOfItsOwnGetsItsNameFirst() throws {
        let apart = InstallationFolder(home.path, state: temporary.file("state"))
        let staging = try StagingFolder(for: apart)
        try "x".write(toFile: staging.folder.databaseFile, atomically: false, encoding: .utf8)
        try "x".write(toFile: staging.folder.pinFile, atomically: false, encoding: .utf8)
        #expect(!FileManager.default.fileExists(atPath: apart.state))
        try staging.publish()
        #expect(FileManager.default.fileExists(atPath: temporary.file("state/store/keyferry.sqlite")))
        #expect(FileManager.default.fileExists(atPath: temporary.file("state/token/tokens")))
        #expect(FileManager.default.fileExists(atPath: temporary.file("home/token/pin")))
        #expect(!FileManager.default.fileExists(atPath: temporary.file("home/store")))
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path).sorted() == ["home", "state"])
    }

    /// A token and a store without their installation may be what is left of one: they are precious.
    @Test func aStateThatIsThereIsLeftAlone() throws {
        _ = try temporary.makeFolder("state")
        try temporary.write("precious", to: "state/file")
        let apart = InstallationFolder(home.path, state: temporary.file("state"))
        #expect(throws: SetupError(.folderNotEmpty, "")) { _ = try StagingFolder(for: apart) }
        #expect(FileManager.default.fileExists(atPath: temporary.file("state/file")))
        #expect(!FileManager.default.fileExists(atPath: home.path))
    }

    @Test func aFailureLeavesNeitherFolder() throws {
        let staging = try StagingFolder(for: InstallationFolder(home.path, state: temporary.file("state")))
        staging.discard()
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path).isEmpty)
    }

    @Test func anEmptyFolderIsTaken() throws {
        _ = try temporary.makeFolder("home")
        let staging = try StagingFolder(for: home)
        try staging.publish()
        #expect(FileManager.default.fileExists(atPath: home.tokenFolder))
    }
}
