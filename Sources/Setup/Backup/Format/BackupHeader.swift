import Cryptography
import KeyModel

/// The head of a backup, in clear: magic, version, manifest, and what the key is agreed with. `docs/backup.md` has the
/// layout.
package struct BackupHeader: Sendable {
    static let magic = Array("KFBACKUP".utf8)
    static let version: UInt16 = 1
    /// Magic, version, length of the manifest.
    static let fixedByteCount = 8 + 2 + 4
    /// What follows the manifest: recipient, ephemeral point, digest.
    static let agreementByteCount = SHA256.byteCount + 65 + SHA256.byteCount

    package let manifest: BackupManifest
    /// SHA-256 of the recovery key's SubjectPublicKeyInfo.
    let recipient: [UInt8]
    /// The uncompressed point of the key that was made for this backup.
    let ephemeralPoint: [UInt8]
    /// SHA-256 of everything before it, 32 bytes.
    let digest: [UInt8]
    let encoded: [UInt8]

    /// What the backup is called: its header's digest, which binds all of the header and, by the key derived with it, every
    /// chunk. 64 hexadecimal digits.
    package var identifier: String { Hexadecimal.encode(digest) }

    init(_ manifest: BackupManifest, recipient: PublicKey, ephemeral: PublicKey) throws {
        guard recipient.algorithm == .p256, let point = ephemeral.p256Point else {
            throw SetupError(.wrongRecoveryKey, "a recovery key is a P-256 key: keyferry-setup backup-key makes one")
        }
        let text = try manifest.encoded()
        guard text.count <= BackupManifest.maximumByteCount else {
            throw SetupError(.backupDamaged, "the manifest would be too long")
        }
        self.manifest = manifest
        self.recipient = SHA256.hash(recipient.subjectPublicKeyInfo)
        ephemeralPoint = point
        let content =
            Self.magic + BigEndian.bytes(Self.version) + BigEndian.bytes(UInt32(text.count)) + text + self.recipient
            + point
        digest = SHA256.hash(content)
        encoded = content + digest
    }

    /// Reads the head of a file.
    ///
    /// - Throws: `notABackup`, `backupVersionUnknown`, `backupDamaged`.
    init(from file: BackupFile) throws(SetupError) {
        guard file.left >= Self.fixedByteCount else { throw Self.notABackup }
        let fixed = try file.read(Self.fixedByteCount)
        guard fixed.starts(with: Self.magic) else { throw Self.notABackup }
        let version = BigEndian.number(fixed[8..<10])
        guard version == UInt64(Self.version) else {
            throw SetupError(
                .backupVersionUnknown,
                "the backup has format version \(version) and this program reads \(Self.version): use the program of the "
                    + "version that made it"
            )
        }
        let length = BigEndian.number(fixed[10..<14])
        guard length <= BackupManifest.maximumByteCount else { throw Self.damaged }
        let manifest = try file.read(Int(length))
        let rest = try file.read(Self.agreementByteCount)
        let content = fixed + manifest + rest.dropLast(SHA256.byteCount)
        digest = Array(rest.suffix(SHA256.byteCount))
        guard SHA256.hash(content) == digest else { throw Self.damaged }
        self.manifest = try BackupManifest(decoding: manifest)
        recipient = Array(rest.prefix(SHA256.byteCount))
        ephemeralPoint = Array(rest.dropFirst(SHA256.byteCount).prefix(65))
        encoded = content + digest
    }

    private static var notABackup: SetupError { SetupError(.notABackup, "the file is not a backup of Keyferry's") }
    private static var damaged: SetupError {
        SetupError(.backupDamaged, "the backup's header is not as it was written; take another copy")
    }
}

/// Numbers in the format: the highest byte first.
enum BigEndian {
    static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    /// - Parameter bytes: at most 8.
    static func number(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
