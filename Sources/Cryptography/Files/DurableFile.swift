import Glibc

/// Writes small files so that after a crash there is the old content, the new, or none: never a part.
package enum DurableFile {
    /// Writes to a new file beside `path`, made with exactly this mode, syncs it, gives it its name, and syncs the
    /// folder.
    ///
    /// - Parameter replacing: whether a file of that name may be replaced; otherwise the error is `fileExists`.
    package static func write(
        _ bytes: UnsafeRawBufferPointer,
        to path: String,
        mode: UInt32,
        replacing: Bool
    ) throws(CryptographyError) {
        let suffix = try RandomBytes.generate(count: 8).map { String($0, radix: 16) }.joined()
        let temporary = "\(path).\(suffix).new"
        try create(temporary, mode: mode, content: bytes)
        do throws(CryptographyError) {
            if replacing {
                try checkSystem(rename(temporary, path), "rename")
            } else {
                // link, unlike rename, fails where the name is taken.
                try checkSystem(link(temporary, path), "link")
                try checkSystem(unlink(temporary), "unlink")
            }
        } catch {
            unlink(temporary)
            throw error
        }
        try syncFolder(of: path)
    }

    package static func write(
        _ bytes: [UInt8],
        to path: String,
        mode: UInt32,
        replacing: Bool
    ) throws(CryptographyError) {
        try bytes.withUnsafeBufferPointer { bytes throws(CryptographyError) in
            try write(UnsafeRawBufferPointer(bytes), to: path, mode: mode, replacing: replacing)
        }
    }

    private static func create(
        _ path: String,
        mode: UInt32,
        content: UnsafeRawBufferPointer
    ) throws(CryptographyError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        try checkSystem(descriptor, "open")
        do throws(CryptographyError) {
            defer { close(descriptor) }
            // The umask may have taken bits away.
            try checkSystem(fchmod(descriptor, mode), "fchmod")
            var rest = content[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                try checkSystem(Int32(clamping: written), "write")
                rest = rest.dropFirst(written)
            }
            try checkSystem(fsync(descriptor), "fsync")
        } catch {
            unlink(path)
            throw error
        }
    }

    static func syncFolder(of path: String) throws(CryptographyError) {
        let folder =
            switch path.lastIndex(of: "/") {
            case nil: "."
            case path.startIndex: "/"
            case let slash?: String(path[..<slash])
            }
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try checkSystem(descriptor, "open")
        defer { close(descriptor) }
        try checkSystem(fsync(descriptor), "fsync")
    }

    static func checkSystem(_ result: Int32, _ operation: String) throws(CryptographyError) {
        guard result < 0 else { return }
        let number = errno
        throw CryptographyError(
            code: number == EEXIST ? .fileExists : .fileNotWritten,
            operation: operation,
            cause: String(cString: strerror(number))
        )
    }
}
