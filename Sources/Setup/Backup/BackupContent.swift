import Foundation

/// Which files of an installation are in a backup: configuration, CAs, certificates and keys, the broker's password. Not
/// the token and its PINs, nor logs, sockets and the broker's own data.
struct BackupContent {
    /// In the order of the backup; the store is not among them.
    private(set) var files: [(path: ArchivePath, source: String)] = []
    /// Files in the folders of a backup that are not in it, for their names are none of an installation's.
    private(set) var leftOut: [String] = []

    /// - Throws: `busy` where a renewal was interrupted, whose files don't fit together.
    init(of home: InstallationFolder) throws {
        for name in try Self.names(in: home.path) where Self.isFile(home.file(name)) {
            // Beside the known files there is what is nobody's business here: a lock, an editor's copy.
            if let path = ArchivePath(name) { files.append((path, home.file(name))) }
        }
        for folder in ArchivePath.folderNames where Self.isFolder(home.file(folder)) {
            for name in try Self.names(in: home.file(folder)) {
                let text = "\(folder)/\(name)"
                guard !name.hasSuffix(".next") else {
                    throw SetupError(.busy, "\(text) is of a renewal that was interrupted: run it again first")
                }
                if let path = ArchivePath(text) {
                    files.append((path, home.file(text)))
                } else {
                    leftOut.append(text)
                }
            }
        }
    }

    private static func names(in folder: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw SetupError(.installationDamaged, "\(folder) cannot be read")
        }
    }

    /// Or a link, which is refused when it is read: a backup without it would not be whole.
    private static func isFile(_ path: String) -> Bool {
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        return type == .typeRegular || type == .typeSymbolicLink
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
