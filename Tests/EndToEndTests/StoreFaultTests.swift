import AdminClient
import AdminResources
import Foundation
import Glibc
import KMIP
import KMIPClient
import KeyLoad
import LocalSite
import PipelineSite
import Testing

extension EndToEnd {
    /// A key store that takes no writes. Health says so, clients are not told "normal", and nothing is half done.
    @Suite struct StoreFaults {
        /// Another program holds the write lock, as a backup or a stuck tool would.
        @Test func aStoreThatIsLockedIsUnhealthyUntilItIsFree() async throws {
            try await withSite { site in
                let client = try site.firstClient()
                try await site.stop(.worker(1))
                try await site.start(.worker(1), environment: ["KEYFERRY_STORE_BUSY_SECONDS": "1"])
                try await site.waitUntilServing()
                let load = SiteLoad(site: site, client: client)
                let before = try await load.keyCount()
                let lock = try StoreWriteLock(of: site.home + "/store/keyferry.sqlite")
                try await site.wait("the worker to notice") {
                    site.log(of: .worker(1)).contains("not healthy: takes no jobs")
                }
                try await site.wait("the gateway to notice") {
                    site.log(of: .gateway(1)).contains("not serving: no healthy worker is heard")
                }
                let connection = try await site.connect(as: client)
                await #expect(throws: KMIPClientError(.connectionClosed)) {
                    try await KMIPConversation(over: connection, version: .v11).discoverVersions()
                }
                let status = try await site.adminClient().status()
                // The one that was stopped to begin with is remembered, as silent.
                #expect(Set(status.workers.map(\.health)).subtracting([.silent]) == [.storeFailing])
                lock.release()
                try await site.waitUntilServing()
                #expect(try await load.keyCount() == before)
                _ = try await site.conversing(as: client) { try await $0.createKey() }
            }
        }

        static func canMount() async -> Bool {
            let folder = NSTemporaryDirectory() + "/kf-mount-\(UUID().uuidString)"
            mkdir(folder, 0o700)
            defer { rmdir(folder) }
            guard geteuid() == 0, await mount(folder) else { return false }
            _ = try? await FinishedProgram.run("/usr/bin/umount", [folder])
            return true
        }

        /// A file system of 16 megabytes, four times what SQLite lets its log grow to.
        private static func mount(_ folder: String) async -> Bool {
            let arguments = ["-t", "tmpfs", "-o", "size=16m,mode=0700", "tmpfs", folder]
            return (try? await FinishedProgram.run("/usr/bin/mount", arguments))?.exitCode == 0
        }

        /// Creates are refused or cut off while the disk is full; what was promised before and after is there.
        @Test(.enabled("a small file system can be mounted", canMount)) func aFullDisk() async throws {
            let site = try await PipelineSite.make()
            let store = site.home + "/store"
            let files = try FileManager.default.contentsOfDirectory(atPath: store)
            let contents = try files.map { try Data(contentsOf: URL(fileURLWithPath: store + "/" + $0)) }
            try #require(await Self.mount(store))
            do {
                for (file, content) in zip(files, contents) {
                    try content.write(to: URL(fileURLWithPath: store + "/" + file))
                    chmod(store + "/" + file, 0o600)
                }
                try await site.startAll()
                try await fillAndMend(site, filler: store + "/filler")
            } catch {
                await site.end()
                _ = try await FinishedProgram.run("/usr/bin/umount", [store])
                throw error
            }
            await site.end()
            _ = try await FinishedProgram.run("/usr/bin/umount", [store])
        }

        private func fillAndMend(_ site: PipelineSite, filler: String) async throws {
            let load = SiteLoad(site: site, client: try site.firstClient(), clientCount: 2)
            let before = try await load.keyCount()
            let pid = try await site.process(.worker(1)).pid
            let result = try await load.run {
                try await Task.sleep(for: .milliseconds(500))
                Self.fill(filler)
                try await site.wait("the worker to notice") {
                    site.log(of: .worker(1)).contains("not healthy: takes no jobs")
                }
                try FileManager.default.removeItem(atPath: filler)
                try await site.waitUntilServing()
            }
            #expect(!result.unanswered.isEmpty)
            #expect(try await load.verify(result, before: before) == [])
            #expect(try await site.process(.worker(1)).pid == pid)
            #expect(try await site.process(.worker(1)).end == nil)
        }

        /// Writes until there is no room.
        private static func fill(_ path: String) {
            let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            let zeros = [UInt8](repeating: 0, count: 512)
            while write(descriptor, zeros, zeros.count) > 0 {}
            close(descriptor)
        }
    }
}

/// SQLite's write lock in WAL mode: byte 120 of the `-shm` file (SQLite, "WAL-Mode File Format", 2.3).
private final class StoreWriteLock {
    private let descriptor: Int32

    init(of database: String) throws {
        descriptor = open(database + "-shm", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw PipelineSiteError("\(database)-shm: errno \(errno)") }
        var lock = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 120, l_len: 1, l_pid: 0)
        guard fcntl(descriptor, F_SETLKW, &lock) == 0 else { throw PipelineSiteError("no lock: errno \(errno)") }
    }

    func release() { close(descriptor) }
}
