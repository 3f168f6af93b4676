import Cryptography
import Glibc

/// Writes a backup: entries, sealed in chunks, to a file that has its name when all of it is there.
///
/// The content passes through one buffer in secure memory.
final class BackupWriter {
    let header: BackupHeader
    private let file: DurableFileWriter
    private let key: SecretBox
    private var chunk: SecretBytes
    private var filled = 0
    private var number: UInt32 = 0
    private var entries: UInt32 = 0

    init(path: String, manifest: BackupManifest, recipient: PublicKey) throws {
        let ephemeral = try PrivateKey.generate(.p256)
        header = try BackupHeader(manifest, recipient: recipient, ephemeral: ephemeral.publicKey)
        key = SecretBox(try BackupChunks.key(ephemeral, recipient, headerDigest: header.digest))
        chunk = try SecretBytes(count: BackupChunks.byteCount)
        file = try DurableFileWriter(path: path, mode: 0o600)
        try file.write(header.encoded)
    }

    /// Adds a file of the disk. Links are not followed.
    func add(_ path: ArchivePath, from source: String) throws {
        let descriptor = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw SetupError(.fileUnusable, "\(source) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SetupError(.fileUnusable, "\(source) is no regular file; a backup holds nothing else")
        }
        let count = Int(status.st_size)
        try begin(path, count: count)
        try copy(count, from: descriptor, source)
    }

    /// Adds a file by its content.
    func add(_ path: ArchivePath, content: [UInt8]) throws {
        try begin(path, count: content.count)
        try append(content)
    }

    /// Marks the end, seals the last chunk, and gives the file its name.
    ///
    /// - Throws: `fileExists`.
    func finish() throws {
        try append([ArchiveFormat.endMark] + BigEndian.bytes(entries))
        try seal(isLast: true)
        try file.publish()
    }

    private func begin(_ path: ArchivePath, count: Int) throws {
        let name = Array(path.text.utf8)
        try append([ArchiveFormat.entryMark] + BigEndian.bytes(UInt16(name.count)) + name)
        try append(BigEndian.bytes(UInt64(count)))
        entries += 1
    }

    private func append(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try makeRoom()
            let part = rest.prefix(BackupChunks.byteCount - filled)
            let start = filled
            chunk.withUnsafeMutableBytes { chunk in
                UnsafeMutableRawBufferPointer(rebasing: chunk[start...]).copyBytes(from: part)
            }
            filled += part.count
            rest = rest.dropFirst(part.count)
        }
    }

    /// Reads straight into the buffer.
    private func copy(_ count: Int, from descriptor: Int32, _ source: String) throws {
        var left = count
        while left > 0 {
            try makeRoom()
            let (start, length) = (filled, min(left, BackupChunks.byteCount - filled))
            let result = chunk.withUnsafeMutableBytes { chunk in
                read(descriptor, UnsafeMutableRawBufferPointer(rebasing: chunk[start...]).baseAddress, length)
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else {
                throw SetupError(.fileUnusable, "\(source) changed while it was read; try again")
            }
            filled += result
            left -= result
        }
    }

    /// A full chunk is sealed when more is to come, so that the last one is never empty.
    private func makeRoom() throws {
        if filled == BackupChunks.byteCount { try seal(isLast: false) }
    }

    private func seal(isLast: Bool) throws {
        let count = filled
        let nonce = BackupChunks.nonce(number, isLast: isLast)
        let (key, digest) = (key, header.digest)
        let sealed = try chunk.withUnsafeBytes { chunk throws(CryptographyError) in
            try AES256GCM.seal(
                UnsafeRawBufferPointer(rebasing: chunk[..<count]),
                key: key.bytes,
                nonce: nonce,
                associatedData: digest
            )
        }
        try file.write(sealed)
        filled = 0
        guard number < .max else { throw SetupError(.fileUnusable, "there is too much to back up") }
        number += 1
    }
}
