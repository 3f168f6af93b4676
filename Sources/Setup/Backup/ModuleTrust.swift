import Glibc

/// Whether a PKCS #11 module that a backup names may be loaded: a backup's origin can't be proven before its token is
/// open, and opening it takes the module.
enum ModuleTrust {
    /// - Parameter path: absolute.
    /// - Throws: `moduleMissing`; `fileUnusable` where somebody else than root and this process's user can put another file
    ///   there.
    static func require(_ path: String) throws(SetupError) {
        guard let resolved = realpath(path, nil) else {
            throw SetupError(.moduleMissing, "there is no PKCS #11 module \(path): say with --module where it is")
        }
        defer { free(resolved) }
        for place in Self.places(on: path) + Self.places(on: String(cString: resolved)) where !isOurs(place) {
            throw SetupError(
                .fileUnusable,
                "the backup names the PKCS #11 module \(path), and others can write \(place): if it is the right one, give"
                    + " it by --module"
            )
        }
    }

    /// The file and every folder above it.
    private static func places(on path: String) -> [String] {
        let names = path.split(separator: "/")
        return (0...names.count).map { "/" + names.prefix($0).joined(separator: "/") }
    }

    private static func isOurs(_ place: String) -> Bool {
        var status = stat()
        guard lstat(place, &status) == 0, status.st_uid == 0 || status.st_uid == geteuid() else { return false }
        // A link has no rights of its own: who can write the folder can change it.
        if status.st_mode & S_IFMT == S_IFLNK { return true }
        return status.st_mode & S_IWOTH == 0 && (status.st_mode & S_IWGRP == 0 || status.st_gid == 0)
    }
}
