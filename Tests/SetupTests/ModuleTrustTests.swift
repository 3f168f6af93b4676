import Foundation
import TestServices
import Testing

@testable import Setup

@Suite struct ModuleTrustTests {
    private func make(_ mode: Int, in folder: TemporaryFolder, folderMode: Int) throws -> String {
        let inner = folder.file("inner")
        try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
        let module = inner + "/module.so"
        try Data([0]).write(to: URL(fileURLWithPath: module))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: module)
        try FileManager.default.setAttributes([.posixPermissions: folderMode], ofItemAtPath: inner)
        return module
    }

    @Test func theSystemsLibrariesAreTrusted() throws {
        try ModuleTrust.require("/usr/bin/env")
        #expect(throws: SetupError(.moduleMissing, "")) { try ModuleTrust.require("/usr/lib/none.so") }
    }

    @Test func whatOthersCanWriteIsNot() throws {
        // What is below /tmp, which everyone can write, never is.
        let folder = try TemporaryFolder(prefix: "kf-module")
        for (mode, folderMode) in [(0o755, 0o755), (0o777, 0o755), (0o755, 0o777)] {
            let module = try make(mode, in: folder, folderMode: folderMode)
            #expect(throws: SetupError(.fileUnusable, "")) { try ModuleTrust.require(module) }
        }
        let link = folder.file("link.so")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/usr/bin/env")
        #expect(throws: SetupError(.fileUnusable, "")) { try ModuleTrust.require(link) }
    }
}
