import Foundation
import Glibc

/// A folder that is filled under another name beside its own, and then gets its own in one step.
final class StagedFolder {
    /// The name for the time being.
    let path: String
    private let destination: String
    /// Holds the lock: two attempts at once would empty each other's folder.
    private let descriptor: Int32

    /// Takes over what an earlier attempt left, and empties it.
    ///
    /// - Parameter folders: what to make in it, those that hold others first.
    init(for destination: String, containing folders: [String]) throws(SetupError) {
        self.destination = destination
        let url = URL(fileURLWithPath: destination)
        let parent = url.deletingLastPathComponent().path
        path = "\(parent)/.\(url.lastPathComponent).unfinished"
        try Self.makeParent(parent)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw SetupError(.folderUnusable, "\(path) cannot be made: \(Self.reason())")
        }
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SetupError(.folderUnusable, "\(path) cannot be opened: \(Self.reason())")
        }
        do {
            try takeOver(folders)
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// Writes all of it to the disk: SoftHSM does not sync what it writes.
    func sync() throws(SetupError) {
        try Self.sync(path)
        for name in (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? [] {
            try Self.sync("\(path)/\(name)")
        }
    }

    /// Gives it its own name. An empty folder of that name is replaced; one that is not empty is refused by the system.
    func publish() throws(SetupError) {
        guard rename(path, destination) == 0 else {
            throw SetupError(.folderUnusable, "\(path) cannot be renamed to \(destination): \(Self.reason())")
        }
        // It is there; a crash now might take it back to its other name, where it would be made anew.
        try? Self.sync(URL(fileURLWithPath: destination).deletingLastPathComponent().path)
    }

    /// Removes it, after a failure.
    func discard() {
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func makeParent(_ parent: String) throws(SetupError) {
        do {
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw SetupError(.folderUnusable, "\(parent) does not exist and cannot be made")
        }
    }

    private func takeOver(_ folders: [String]) throws(SetupError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw SetupError(.busy, "another process is making this installation (in \(path))")
        }
        var opened = stat()
        var named = stat()
        guard fstat(descriptor, &opened) == 0, lstat(path, &named) == 0, opened.st_ino == named.st_ino else {
            throw SetupError(.busy, "another process has just made this installation")
        }
        guard opened.st_uid == geteuid() else {
            throw SetupError(.folderUnusable, "\(path) belongs to another user; remove it and try again")
        }
        do {
            for item in try FileManager.default.contentsOfDirectory(atPath: path) {
                try FileManager.default.removeItem(atPath: "\(path)/\(item)")
            }
            for name in folders {
                try FileManager.default.createDirectory(
                    atPath: "\(path)/\(name)",
                    withIntermediateDirectories: false,
                    attributes: [.posixPermissions: 0o700]
                )
            }
        } catch {
            throw SetupError(.folderUnusable, "\(path), left by an earlier attempt, cannot be emptied; remove it")
        }
        guard fchmod(descriptor, 0o700) == 0 else {
            throw SetupError(.folderUnusable, "\(path) cannot be made private: \(Self.reason())")
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
