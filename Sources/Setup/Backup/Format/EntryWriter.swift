import Cryptography

/// Who is told of a backup's entries, in order.
protocol BackupVisitor: AnyObject {
    /// An entry, and the length of its content.
    func begin(_ path: ArchivePath, count: UInt64) throws
    /// A piece of the content, to be used within the call.
    func take(_ content: UnsafeRawBufferPointer) throws
    /// The entry is whole.
    func end(_ path: ArchivePath) throws
}

/// Writes entries to files, straight from secure memory.
final class EntryWriter: BackupVisitor {
    private(set) var paths: Set<ArchivePath> = []
    private(set) var byteCount: UInt64 = 0
    private let destination: (ArchivePath) throws -> String?
    private var file: DurableFileWriter?

    /// - Parameter destination: where an entry goes; nil for one that is looked at and not written.
    init(destination: @escaping (ArchivePath) throws -> String?) {
        self.destination = destination
    }

    func begin(_ path: ArchivePath, count: UInt64) throws {
        paths.insert(path)
        byteCount += count
        file = nil
        if let place = try destination(path) { file = try DurableFileWriter(path: place, mode: 0o600) }
    }

    func take(_ content: UnsafeRawBufferPointer) throws {
        try file?.write(content)
    }

    func end(_ path: ArchivePath) throws {
        try file?.publish()
        file = nil
    }

    /// - Throws: `backupDamaged` where there was not what every installation has.
    func requireWhole() throws(SetupError) {
        let configuration = ArchivePath(InstallationFolder.Configuration.worker.rawValue + ".yaml")
        guard paths.contains(.store), let configuration, paths.contains(configuration) else {
            throw SetupError(.backupDamaged, "the backup holds no worker.yaml, or no key store")
        }
    }
}
