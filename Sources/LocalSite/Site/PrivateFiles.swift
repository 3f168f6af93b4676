import Foundation
import Glibc

/// Files and folders that only their owner can read.
enum PrivateFiles {
    static func makeFolder(_ path: String) throws(LocalSiteError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw LocalSiteError(.fileUnusable, "\(path) cannot be made: \(reason(error))")
        }
    }

    /// Replaces the file in one step: whoever reads sees the old one or the new one.
    static func write(_ text: String, to path: String) throws(LocalSiteError) {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unusable(path) }
        defer { close(descriptor) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { throw unusable(path) }
            bytes = bytes.dropFirst(written)
        }
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw unusable(path) }
    }

    static func read(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }

    /// What is in the file behind so many bytes; nothing where it can't be read.
    static func read(_ path: String, behind begin: UInt64) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        do {
            try file.seek(toOffset: begin)
            return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        } catch {
            return ""
        }
    }

    /// In bytes; 0 where there is no such file.
    static func size(_ path: String) -> UInt64 {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(clamping: status.st_size) : 0
    }

    private static func unusable(_ path: String) -> LocalSiteError {
        LocalSiteError(.fileUnusable, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }

    private static func reason(_ error: any Error) -> String {
        (error as? CocoaError)?.localizedDescription ?? "\(error)"
    }
}
