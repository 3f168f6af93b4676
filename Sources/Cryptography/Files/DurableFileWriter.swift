import Glibc

/// Writes a large file piece by piece under another name beside its own, which it gets at the end, in one step. Until
/// then, and when it is dropped without `publish`, there is no such file.
package final class DurableFileWriter {
    private let path: String
    private let temporary: String
    private let descriptor: Int32
    private var isPublished = false

    /// - Parameter mode: exactly.
    package init(path: String, mode: UInt32) throws(CryptographyError) {
        self.path = path
        let suffix = try RandomBytes.generate(count: 8).map { String($0, radix: 16) }.joined()
        temporary = "\(path).\(suffix).new"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        try DurableFile.checkSystem(descriptor, "open")
        // The umask may have taken bits away.
        try DurableFile.checkSystem(fchmod(descriptor, mode), "fchmod")
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        if !isPublished { unlink(temporary) }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(CryptographyError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            try DurableFile.checkSystem(Int32(clamping: written), "write")
            rest = rest.dropFirst(written)
        }
    }

    package func write(_ bytes: [UInt8]) throws(CryptographyError) {
        try bytes.withUnsafeBufferPointer { bytes throws(CryptographyError) in
            try write(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Syncs what was written and gives it its name.
    ///
    /// - Throws: `fileExists` where the name is taken.
    package func publish() throws(CryptographyError) {
        try DurableFile.checkSystem(fsync(descriptor), "fsync")
        // link, unlike rename, fails where the name is taken.
        try DurableFile.checkSystem(link(temporary, path), "link")
        isPublished = true
        try DurableFile.checkSystem(unlink(temporary), "unlink")
        try DurableFile.syncFolder(of: path)
    }
}
