internal import Cryptography
internal import Foundation
internal import Glibc

/// Tells one state of a PIN file from the next, without anything of the PIN: which file it is, how long, when written.
///
/// To be taken before the file is read, so that it is never that of a later content.
package struct PINFileState: Sendable, Hashable {
    /// Within its folder.
    let name: String
    private let inode: UInt64
    private let byteCount: Int64
    private let seconds: Int64
    private let nanoseconds: Int64

    /// Nil where there is no such file; reading it will say so.
    package init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        name = URL(fileURLWithPath: path).lastPathComponent
        inode = UInt64(status.st_ino)
        byteCount = Int64(status.st_size)
        seconds = Int64(status.st_mtim.tv_sec)
        nanoseconds = Int64(status.st_mtim.tv_nsec)
    }

    /// One line, compared as a whole.
    var text: String { "\(inode) \(byteCount) \(seconds).\(nanoseconds)\n" }
}

/// Remembers a PIN file that the token has refused, so that a process which is started again and again, as service managers
/// and container engines do, tries a wrong PIN once and not until the token locks.
///
/// The note stands beside the login lock and is of no more use once the file is written again. To be used with the login
/// lock held: of several processes that start together, the first one tries.
struct RefusedPINNote {
    let directory: String
    let pinFile: PINFileState

    private var path: String { "\(directory)/\(pinFile.name).refused" }

    /// Whether the file is as it was when the token refused it.
    var isRefused: Bool {
        FileManager.default.contents(atPath: path).map { $0 == Data(pinFile.text.utf8) } ?? false
    }

    func write() throws(HSMError) {
        do {
            try DurableFile.write(Array(pinFile.text.utf8), to: path, mode: 0o600, replacing: true)
        } catch {
            throw HSMError(.guardFileFailed, "\(path): \(error)")
        }
    }
}
