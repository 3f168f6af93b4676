import Foundation

/// Where a file of a backup belongs in an installation: one of a known set of places, and nothing that could lead out of
/// them.
struct ArchivePath: Hashable, Sendable {
    static let store = ArchivePath(known: "store/keyferry.sqlite")

    /// Relative; one name, or a folder and a name.
    let text: String

    private static let folders: Set = ["authorities", "identities", "tls", "operators", "clients", "profiles"]
    private static let endings: Set = ["yaml", "pem", "key", "credentials"]
    static let folderNames = folders.sorted()

    /// Nil for anything that is not a place of an installation's files.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last, Self.isName(name) else { return nil }
        switch parts.count {
        case 1: break
        case 2 where Self.folders.contains(String(parts[0])): break
        case 2 where text == Self.store.text:
            self = Self.store
            return
        default: return nil
        }
        guard let dot = name.lastIndex(of: "."), Self.endings.contains(String(name[name.index(after: dot)...])) else {
            return nil
        }
        self.text = text
    }

    private init(known text: String) {
        self.text = text
    }

    func destination(in folder: InstallationFolder) -> String {
        self == Self.store ? folder.databaseFile : folder.file(text)
    }

    /// Letters, digits, `.`, `_`, `-`; not hidden, and with that neither `.` nor `..`.
    private static func isName(_ name: Substring) -> Bool {
        (1...128).contains(name.utf8.count) && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// How files stand in the content of a backup, one after the other.
enum ArchiveFormat {
    /// Then: length of the path (2 bytes), path, length of the content (8 bytes), content.
    static let entryMark: UInt8 = 1
    /// Then: the number of entries (4 bytes), and nothing more.
    static let endMark: UInt8 = 0
    static let longestPath = 256
    /// The longest of files other than the store.
    static let longestFile: UInt64 = 1 << 20
}
