import Foundation
import Glibc

/// The folder in which an installation is made before it gets its name, so that there is a whole one or none.
///
/// It lies beside the one that it becomes. What a crash leaves in it was never in use: the next attempt begins anew.
final class StagingFolder {
    let folder: InstallationFolder
    private let home: InstallationFolder
    /// Holds the lock: two attempts at once would empty each other's folder.
    private let descriptor: Int32

    init(for home: InstallationFolder) throws(SetupError) {
        self.home = home
        let url = URL(fileURLWithPath: home.path)
        let parent = url.deletingLastPathComponent().path
        try Self.requireUsable(home, parent: parent)
        folder = InstallationFolder("\(parent)/.\(url.lastPathComponent).unfinished")
        guard mkdir(folder.path, 0o700) == 0 || errno == EEXIST else {
            throw SetupError(.folderUnusable, "\(folder.path) cannot be made: \(Self.reason())")
        }
        descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SetupError(.folderUnusable, "\(folder.path) cannot be opened: \(Self.reason())")
        }
        do {
            try takeOver()
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// Makes it the installation: all of it is on the disk, then the name changes in one step.
    func publish() throws(SetupError) {
        // SoftHSM does not sync what it writes.
        try Self.sync(folder.path)
        for name in (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? [] {
            try Self.sync(folder.file(name))
        }
        // An empty folder of that name is replaced; one that is not empty is refused by the system.
        guard rename(folder.path, home.path) == 0 else {
            throw SetupError(.folderUnusable, "\(folder.path) cannot be renamed to \(home.path): \(Self.reason())")
        }
        // The installation is there; a crash now might take it back to its other name, where it would be made anew.
        try? Self.sync(URL(fileURLWithPath: home.path).deletingLastPathComponent().path)
    }

    /// Removes it, after a failure.
    func discard() {
        try? FileManager.default.removeItem(atPath: folder.path)
    }

    private static func requireUsable(_ home: InstallationFolder, parent: String) throws(SetupError) {
        if home.holdsInstallation {
            throw SetupError(.installationExists, "\(home.path) holds an installation already; it is left as it is")
        }
        if let content = try? FileManager.default.contentsOfDirectory(atPath: home.path), !content.isEmpty {
            throw SetupError(.folderNotEmpty, "\(home.path) holds other files; choose another folder (--home)")
        }
        do {
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw SetupError(.folderUnusable, "\(parent) does not exist and cannot be made")
        }
    }

    private func takeOver() throws(SetupError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw SetupError(.busy, "another process is making this installation (in \(folder.path))")
        }
        var opened = stat()
        var named = stat()
        guard fstat(descriptor, &opened) == 0, lstat(folder.path, &named) == 0, opened.st_ino == named.st_ino else {
            throw SetupError(.busy, "another process has just made this installation")
        }
        guard opened.st_uid == geteuid() else {
            throw SetupError(.folderUnusable, "\(folder.path) belongs to another user; remove it and try again")
        }
        do {
            for item in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                try FileManager.default.removeItem(atPath: folder.file(item))
            }
            for name in InstallationFolder.folders {
                try FileManager.default.createDirectory(
                    atPath: folder.file(name),
                    withIntermediateDirectories: false,
                    attributes: [.posixPermissions: 0o700]
                )
            }
        } catch {
            throw SetupError(
                .folderUnusable,
                "\(folder.path), left by an earlier attempt, cannot be emptied; remove it"
            )
        }
        guard fchmod(descriptor, 0o700) == 0 else {
            throw SetupError(.folderUnusable, "\(folder.path) cannot be made private: \(Self.reason())")
        }
    }

    /// A file or a folder.
    private static func sync(_ path: String) throws(SetupError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw SetupError(.folderUnusable, "\(path) cannot be written to the disk: \(reason())")
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
