import Foundation
import Glibc
import PipelineSite
import Synchronization

/// A file system of its own for the store of a site, which can be made full. It needs root.
final class StoreDisk: Sendable {
    private let folder: String

    /// Moves the store of a site that does not run yet onto a new file system.
    ///
    /// - Throws: where none can be mounted.
    init(under folder: String) async throws {
        self.folder = folder
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        let contents = try files.map { try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)) }
        try await Self.mount(
            "size=\(Self.roomy),mode=0700",
            ["tmpfs", folder],
            "a file system for the store can't be mounted"
        )
        _ = Self.atExit
        Self.mounted.withLock { _ = $0.insert(folder) }
        for (file, content) in zip(files, contents) {
            try content.write(to: URL(fileURLWithPath: folder + "/" + file))
            guard chmod(folder + "/" + file, 0o600) == 0 else { throw PipelineSiteError("chmod: errno \(errno)") }
        }
    }

    private static let roomy = "1g"
    /// What is left beside what is used, in bytes, at the least and at the most.
    private static let smallestRest: UInt = 1 << 16
    private static let largestRest: UInt = 1 << 20
    private static let fillingAttempts = 50

    /// What is to be unmounted should this process exit without having done it.
    private static let mounted = Mutex<Set<String>>([])
    private static let atExit: Void = {
        atexit {
            for folder in StoreDisk.mounted.withLock({ $0 }) { umount2(folder, Int32(MNT_DETACH)) }
        }
    }()

    private static func mount(_ options: String, _ arguments: [String], _ failure: String) async throws {
        let program = try await FinishedProgram.run("/usr/bin/mount", ["-t", "tmpfs", "-o", options] + arguments)
        guard program.exitCode == 0 else { throw PipelineSiteError("\(failure): \(program.output)") }
    }

    /// Leaves no room but what is used already, and a rest.
    ///
    /// The store grows under load: where it has outgrown the new size before that is in force, the kernel refuses it, and it
    /// is measured anew, with a larger rest.
    func fill() async throws {
        var rest = Self.smallestRest
        for attempt in 1...Self.fillingAttempts {
            do {
                let size = try usedByteCount() + rest
                try await Self.mount("remount,size=\(size)", [folder], "the file system can't be made smaller")
                return
            } catch {
                guard attempt < Self.fillingAttempts else { throw error }
                rest = min(2 * rest, Self.largestRest)
            }
        }
    }

    private func usedByteCount() throws -> UInt {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { throw PipelineSiteError("statvfs: errno \(errno)") }
        return UInt(status.f_blocks - status.f_bfree) * UInt(status.f_frsize)
    }

    func mend() async throws {
        try await Self.mount("remount,size=\(Self.roomy)", [folder], "the file system can't be made larger")
    }

    func remove() async {
        _ = try? await FinishedProgram.run("/usr/bin/umount", [folder])
        Self.mounted.withLock { _ = $0.remove(folder) }
    }
}
