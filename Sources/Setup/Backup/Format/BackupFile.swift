import Glibc

/// A backup's file, read from its beginning to its end.
final class BackupFile {
    private let descriptor: Int32
    /// How many bytes were not read yet.
    private(set) var left: Int

    /// - Throws: `fileUnusable`.
    init(path: String) throws(SetupError) {
        // Without O_NONBLOCK, opening a pipe would wait for its writer.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        left = 0
        guard descriptor >= 0 else {
            throw SetupError(.fileUnusable, "\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SetupError(.fileUnusable, "\(path) is no regular file")
        }
        left = Int(status.st_size)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Exactly so many bytes.
    ///
    /// - Throws: `backupDamaged` where the file ends before.
    func read(_ count: Int) throws(SetupError) -> [UInt8] {
        guard count <= left else { throw Self.cutShort }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let (start, missing) = (filled, count - filled)
            let result = bytes.withUnsafeMutableBytes { bytes in
                Glibc.read(descriptor, UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).baseAddress, missing)
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { throw Self.cutShort }
            filled += result
        }
        left -= count
        return bytes
    }

    private static var cutShort: SetupError {
        SetupError(.backupDamaged, "the backup is cut short; take another copy")
    }
}
