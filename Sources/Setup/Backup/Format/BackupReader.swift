package import Cryptography

/// Reads a backup: its header without any key, its entries with the recovery key.
///
/// What it hands out is authentic. The content passes through secure memory, a chunk at a time.
package final class BackupReader {
    package let header: BackupHeader
    private let file: BackupFile
    private var key: SecretBox?
    private var chunk: SecretBox
    private var position = 0
    private var number: UInt32 = 0

    /// Opens a file and reads its header.
    ///
    /// - Throws: `fileUnusable`, or as `BackupHeader`.
    package init(path: String) throws {
        file = try BackupFile(path: path)
        header = try BackupHeader(from: file)
        chunk = SecretBox(try SecretBytes(count: 0))
    }

    /// Readies the content for reading.
    ///
    /// - Throws: `wrongRecoveryKey`.
    package func unlock(with recoveryKey: PrivateKey) throws {
        guard SHA256.hash(recoveryKey.publicKey.subjectPublicKeyInfo) == header.recipient else {
            throw SetupError(.wrongRecoveryKey, "the backup is encrypted to another recovery key than this one")
        }
        do {
            let ephemeral = try PublicKey(p256Point: header.ephemeralPoint)
            key = SecretBox(try BackupChunks.key(recoveryKey, ephemeral, headerDigest: header.digest))
        } catch  where [.invalidKey, .unsupportedKey].contains(error.code) {
            throw damaged
        }
    }

    /// Hands out every entry, in order, and checks that nothing is missing at the end.
    ///
    /// - Throws: `backupDamaged`, and what the visitor throws.
    func readEntries(for visitor: any BackupVisitor) throws {
        var seen: Set<ArchivePath> = []
        var mark = try readNumber(1)
        while mark == UInt64(ArchiveFormat.entryMark) {
            let path = try readPath()
            guard seen.insert(path).inserted else { throw damaged }
            try readContent(of: path, for: visitor)
            mark = try readNumber(1)
        }
        guard mark == UInt64(ArchiveFormat.endMark), try readNumber(4) == UInt64(seen.count),
            position == chunk.bytes.count, file.left == 0
        else { throw damaged }
    }

    private func readPath() throws -> ArchivePath {
        let length = Int(try readNumber(2))
        guard (1...ArchiveFormat.longestPath).contains(length) else { throw damaged }
        guard let path = ArchivePath(String(decoding: try readBytes(length), as: UTF8.self)) else {
            throw SetupError(.backupDamaged, "the backup holds a file that has no place in an installation")
        }
        return path
    }

    private func readContent(of path: ArchivePath, for visitor: any BackupVisitor) throws {
        var rest = try readNumber(8)
        guard path == .store || rest <= ArchiveFormat.longestFile else { throw damaged }
        try visitor.begin(path, count: rest)
        while rest > 0 {
            let range = try nextRange(atMost: Int(clamping: rest))
            try chunk.bytes.withUnsafeBytes { chunk in
                try visitor.take(UnsafeRawBufferPointer(rebasing: chunk[range]))
            }
            rest -= UInt64(range.count)
        }
        try visitor.end(path)
    }

    private var damaged: SetupError {
        SetupError(.backupDamaged, "the backup is cut short or was altered (at chunk \(number)); take another copy")
    }

    private func readNumber(_ count: Int) throws -> UInt64 {
        BigEndian.number(try readBytes(count))
    }

    /// Lengths and paths, which are no secrets.
    private func readBytes(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let range = try nextRange(atMost: count - bytes.count)
            bytes += chunk.bytes.withUnsafeBytes { Array($0[range]) }
        }
        return bytes
    }

    /// What is there of the current chunk, at most `count` bytes and at least one; what is read next is behind it.
    private func nextRange(atMost count: Int) throws -> Range<Int> {
        if position == chunk.bytes.count { try openNext() }
        let range = position..<min(chunk.bytes.count, position + count)
        position = range.upperBound
        return range
    }

    private func openNext() throws {
        guard file.left > AES256GCM.tagByteCount, let key else { throw damaged }
        let sealed = try file.read(min(file.left, BackupChunks.sealedByteCount))
        let nonce = BackupChunks.nonce(number, isLast: file.left == 0)
        do {
            let opened = try AES256GCM.openSecret(
                sealed,
                key: key.bytes,
                nonce: nonce,
                associatedData: header.digest
            )
            chunk = SecretBox(opened)
        } catch {
            if error.code == .authenticationFailed { throw damaged }
            throw error
        }
        position = 0
        guard number < .max else { throw damaged }
        number += 1
    }
}
